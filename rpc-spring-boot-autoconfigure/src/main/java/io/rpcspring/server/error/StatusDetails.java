package io.rpcspring.server.error;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a {@code google.rpc.Status}: its text down to little, then its largest details.
 * <p>
 * It is read as fields of bytes, so that details need not be known: 1 is the code, 2 the
 * text, which the call's status has, too, and each 3 is one of the details.
 */
final class StatusDetails {

    /** Where gRPC has it. */
    static final Metadata.Key<byte[]> KEY = Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final int TEXT = WireField.ofBytes(2);

    private static final int DETAIL = WireField.ofBytes(3);

    private static final Comparator<byte[]> LARGEST_FIRST = Comparator.comparingInt((detail) -> -detail.length);

    /** So much of the text stays before details go. */
    private static final int SHORT = 256;

    /** Code and what is not known, as it came. */
    private final ByteArrayOutputStream others = new ByteArrayOutputStream();

    private final List<byte[]> details = new ArrayList<>();

    private String text = "";

    private StatusDetails(byte[] status) {
        ByteBuffer fields = ByteBuffer.wrap(status);
        while (fields.hasRemaining()) {
            int from = fields.position();
            WireField field = WireField.read(fields);
            if (field.tag() == TEXT) {
                this.text = new String(field.value(), StandardCharsets.UTF_8);
            }
            else if (field.tag() == DETAIL) {
                this.details.add(field.value());
            }
            else {
                this.others.write(status, from, fields.position() - from);
            }
        }
    }

    /**
     * Cuts a serialized status.
     * @param status what is too long
     * @param room how many bytes the result may have
     * @return the status with at least one of its details, or {@code null} if there is no
     * room for any, or it is no status
     */
    static byte @Nullable [] cut(byte[] status, int room) {
        try {
            return new StatusDetails(status).cut(room);
        }
        catch (BufferUnderflowException | IllegalArgumentException ex) {
            return null;
        }
    }

    private byte @Nullable [] cut(int room) {
        int textSize = this.text.codePoints().map(HeaderSize::utf8).sum();
        long left = room - this.others.size() - WireField.LARGEST_FRAME
                - this.details.stream().mapToLong(StatusDetails::size).sum();
        Set<byte[]> dropped = Collections.newSetFromMap(new IdentityHashMap<>());
        for (byte[] largest : this.details.stream().sorted(LARGEST_FIRST).toList()) {
            if (left >= Math.min(textSize, SHORT)) {
                break;
            }
            left += size(largest);
            dropped.add(largest);
        }
        if (dropped.size() == this.details.size()) {
            return null;
        }
        String kept = (textSize <= left) ? this.text : ShortText.of(this.text, left, HeaderSize::utf8);
        new WireField(TEXT, kept.getBytes(StandardCharsets.UTF_8)).writeTo(this.others);
        this.details.stream()
            .filter((detail) -> !dropped.contains(detail))
            .forEach((detail) -> new WireField(DETAIL, detail).writeTo(this.others));
        return this.others.toByteArray();
    }

    private static long size(byte[] detail) {
        return (long) WireField.LARGEST_FRAME + detail.length;
    }

}
