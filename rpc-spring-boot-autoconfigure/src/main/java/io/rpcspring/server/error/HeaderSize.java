package io.rpcspring.server.error;

import java.nio.charset.StandardCharsets;

/**
 * Counts bytes of headers and trailers as clients count them.
 * <p>
 * HTTP/2 counts name, value and 32 bytes for each, as sent before compression
 * (<a href="https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2">RFC 9113</a>). gRPC
 * sends binary values as base64 without padding, and percent-encodes the text of a status
 * (<a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over
 * HTTP/2</a>).
 */
final class HeaderSize {

    private static final long EACH = 32;

    /** The text of a status stands behind {@code grpc-message}. */
    static final long STATUS_TEXT = EACH + "grpc-message".length();

    /** {@code :status} and {@code content-type}. */
    private static final long RESPONSE = 2 * EACH + ":status200content-typeapplication/grpc".length();

    /** What gRPC sends with each end, if no headers were sent before it. */
    static final long STATUS = RESPONSE + EACH + "grpc-status16".length();

    /** What gRPC sends with all headers, where the codecs' names have 64 characters. */
    static final long HEADERS = RESPONSE + 2 * EACH + "grpc-encodinggrpc-accept-encoding".length() + 64;

    private HeaderSize() {
    }

    static long of(byte[] name, byte[] value) {
        return EACH + name.length + (isBinary(name) ? base64(value.length) : value.length);
    }

    /** How long a binary value may be for its header to have room. */
    static int binaryRoom(String name, long room) {
        return (int) Math.max(-1, Math.min((room - EACH - name.length()) * 3 / 4, Integer.MAX_VALUE));
    }

    private static long base64(long bytes) {
        return (bytes * 4 + 2) / 3;
    }

    private static boolean isBinary(byte[] name) {
        int suffix = name.length - 4;
        return suffix >= 0 && name[suffix] == '-' && name[suffix + 1] == 'b' && name[suffix + 2] == 'i'
                && name[suffix + 3] == 'n';
    }

    /** The size of a text with percent-encoding. */
    static long encoded(String text) {
        return text.codePoints().asLongStream().map((point) -> encoded((int) point)).sum();
    }

    static int encoded(int codePoint) {
        boolean plain = (codePoint >= ' ' && codePoint < '~' && codePoint != '%') || isHalf(codePoint);
        return plain ? 1 : 3 * utf8(codePoint);
    }

    static int utf8(int codePoint) {
        if (codePoint < 0x80 || isHalf(codePoint)) {
            return 1;
        }
        return (codePoint < 0x800) ? 2 : (codePoint < 0x10000) ? 3 : 4;
    }

    /** A half of a surrogate pair becomes a question mark. */
    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    static String name(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }

}
