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

    private static final int LENGTH_DELIMITED = 2;

    private static final int TEXT = 2 << 3 | LENGTH_DELIMITED;

    private static final int DETAIL = 3 << 3 | LENGTH_DELIMITED;

    private static final Comparator<byte[]> LARGEST_FIRST = Comparator.comparingInt((detail) -> -detail.length);

    /** A tag of one byte and a length of at most five. */
    private static final int FIELD = 6;

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
            int tag = varint(fields);
            byte[] value = bytes(fields, ((tag & 7) == LENGTH_DELIMITED) ? varint(fields) : fixed(tag, fields));
            if (tag == TEXT) {
                this.text = new String(value, StandardCharsets.UTF_8);
            }
            else if (tag == DETAIL) {
                this.details.add(value);
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
        long left = room - this.others.size() - FIELD - this.details.stream().mapToLong(StatusDetails::size).sum();
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
        write(TEXT, kept.getBytes(StandardCharsets.UTF_8));
        this.details.stream().filter((detail) -> !dropped.contains(detail)).forEach((detail) -> write(DETAIL, detail));
        return this.others.toByteArray();
    }

    private static long size(byte[] detail) {
        return (long) FIELD + detail.length;
    }

    private void write(int tag, byte[] value) {
        this.others.write(tag);
        int length = value.length;
        while (length > 0x7F) {
            this.others.write((length & 0x7F) | 0x80);
            length >>>= 7;
        }
        this.others.write(length);
        this.others.writeBytes(value);
    }

    /** How long a value is whose length does not stand before it. */
    private static int fixed(int tag, ByteBuffer fields) {
        return switch (tag & 7) {
            case 0 -> {
                ByteBuffer ahead = fields.duplicate();
                varint(ahead);
                yield ahead.position() - fields.position();
            }
            case 1 -> 8;
            case 5 -> 4;
            default -> throw new IllegalArgumentException("Not a field: " + tag);
        };
    }

    private static int varint(ByteBuffer fields) {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = fields.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return (int) value;
            }
        }
        throw new IllegalArgumentException("Not a number");
    }

    private static byte[] bytes(ByteBuffer fields, int length) {
        if (length < 0 || length > fields.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] value = new byte[length];
        fields.get(value);
        return value;
    }

}
