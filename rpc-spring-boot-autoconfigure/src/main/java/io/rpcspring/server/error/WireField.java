package io.rpcspring.server.error;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A field of a message as protobuf writes it, known by its tag only.
 */
final class WireField {

    /** A tag of one byte and a length of at most five. */
    static final int LARGEST_FRAME = 6;

    private static final int LENGTH_DELIMITED = 2;

    private final int tag;

    private final byte[] value;

    WireField(int tag, byte[] value) {
        this.tag = tag;
        this.value = value;
    }

    /** The tag of a field whose length stands before it. */
    static int ofBytes(int number) {
        return number << 3 | LENGTH_DELIMITED;
    }

    /**
     * Reads the next field.
     * @throws BufferUnderflowException if it is longer than what is there
     * @throws IllegalArgumentException if it is none
     */
    static WireField read(ByteBuffer fields) {
        int tag = varint(fields);
        int length = ((tag & 7) == LENGTH_DELIMITED) ? varint(fields) : fixed(tag, fields);
        if (length < 0 || length > fields.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] value = new byte[length];
        fields.get(value);
        return new WireField(tag, value);
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

    int tag() {
        return this.tag;
    }

    byte[] value() {
        return this.value;
    }

    /** Writes a field whose length stands before it. */
    void writeTo(ByteArrayOutputStream message) {
        message.write(this.tag);
        int length = this.value.length;
        while (length > 0x7F) {
            message.write((length & 0x7F) | 0x80);
            length >>>= 7;
        }
        message.write(length);
        message.writeBytes(this.value);
    }

}
