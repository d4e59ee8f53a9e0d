package io.rpcspring.server.error;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a call answers besides its messages to a size that its client accepts.
 * <p>
 * Clients accept 8 KB by default. With more, a call ends as {@code INTERNAL} instead of
 * with its status, and over 10,240 bytes all other calls of its connection fail with it
 * (grpc-java, Netty). What is too long is cut, so that the code always arrives: first the
 * details of the status, then trailers, the largest first, then the end of the text. What
 * could not stay anyhow takes nothing else along. It is logged once a minute and method
 * at WARN, and each time at DEBUG.
 */
public final class ResponseMetadata {

    private static final Log logger = LogFactory.getLog(ResponseMetadata.class);

    private static final String PROPERTY = "rpc.server.limits.response-metadata-size";

    private final int bytes;

    private final OncePerMinute warnings = new OncePerMinute(System::nanoTime);

    /**
     * Creates a bound.
     * @param bytes how large headers, or trailers with status, may be as HTTP/2 counts
     * them; at least 1024
     */
    public ResponseMetadata(int bytes) {
        if (bytes < 1024) {
            throw new IllegalArgumentException("A status has no room in " + bytes + " bytes");
        }
        this.bytes = bytes;
    }

    /**
     * Makes response headers fit: the largest of the application's go first.
     * @param method the full name of the method
     * @param headers is changed
     */
    public void fitHeaders(String method, Metadata headers) {
        if (InternalMetadata.headerCount(headers) == 0) {
            return;
        }
        byte[][] serialized = InternalMetadata.serialize(headers);
        long size = HeaderSize.HEADERS + SizedMetadata.size(serialized);
        if (size <= this.bytes) {
            return;
        }
        if (logger.isDebugEnabled()) {
            logger.debug("All headers of " + method + ": " + headers.keys());
        }
        SizedMetadata sized = new SizedMetadata(headers, serialized);
        long room = this.bytes - HeaderSize.HEADERS;
        sized.fitOthers(room - sized.fitReserved(room));
        log(method, "headers", size, sized);
    }

    /**
     * Makes the end of a call fit.
     * @param method the full name of the method
     * @param status how the call ends
     * @param trailers is changed, if all is too long
     * @return the status with a text that may be shortened, and the same code
     */
    public Status fitStatus(String method, Status status, Metadata trailers) {
        String text = status.getDescription();
        if (text == null && InternalMetadata.headerCount(trailers) == 0) {
            return status;
        }
        byte[][] serialized = InternalMetadata.serialize(trailers);
        long size = HeaderSize.STATUS + textSize(text) + SizedMetadata.size(serialized);
        if (size <= this.bytes) {
            return status;
        }
        if (logger.isDebugEnabled()) {
            logger.debug("The whole end of " + method + ": " + status.getCode() + ": " + text + ", trailers "
                    + trailers.keys());
        }
        SizedMetadata sized = new SizedMetadata(trailers, serialized);
        Status fitted = fit(status, sized);
        log(method, "end", size, sized);
        return fitted;
    }

    private static long textSize(@Nullable String text) {
        return (text != null) ? HeaderSize.STATUS_TEXT + HeaderSize.encoded(text) : 0;
    }

    private Status fit(Status status, SizedMetadata sized) {
        String text = status.getDescription();
        long whole = textSize(text);
        long least = (text != null) ? HeaderSize.STATUS_TEXT + ShortText.leastEncoded() : 0;
        long room = this.bytes - HeaderSize.STATUS;
        room -= sized.fitReserved(room - Math.min(whole, least));
        // A text that is too long by itself is cut, whatever goes: half is enough.
        sized.fitOthers(room - ((whole <= room) ? whole : room / 2));
        long left = this.bytes - HeaderSize.STATUS - sized.size();
        if (text == null || whole <= left) {
            return status;
        }
        sized.note("the end of the text");
        String cut = ShortText.of(text, left - HeaderSize.STATUS_TEXT, HeaderSize::encoded);
        return status.withDescription(cut.isEmpty() ? null : cut);
    }

    private void log(String method, String what, long size, SizedMetadata sized) {
        if (logger.isWarnEnabled() && this.warnings.isDue(method)) {
            logger.warn("The " + what + " of " + method + " would take " + size + " bytes, and " + PROPERTY + " is "
                    + this.bytes + ". Left out: " + sized.gone());
        }
    }

}
