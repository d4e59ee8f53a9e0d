package io.rpcspring.server.error;

import java.util.function.IntUnaryOperator;

/**
 * Cuts the end of a text that has no room, and says so in its place.
 */
final class ShortText {

    /** What a shortened text ends with. */
    static final String MARK = "… (shortened)";

    private ShortText() {
    }

    /** The size of a mark as sent with a status. */
    static long leastEncoded() {
        return HeaderSize.encoded(MARK);
    }

    /**
     * What of a text that is too long has room.
     * @param room how large the result may be, with its mark
     * @param size the size of a code point
     * @return whole code points and a mark, or nothing if not even the mark has room
     */
    static String of(String text, long room, IntUnaryOperator size) {
        long left = room - MARK.codePoints().map(size).sum();
        if (left < 0) {
            return "";
        }
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            left -= size.applyAsInt(codePoint);
            if (left < 0) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end) + MARK;
    }

}
