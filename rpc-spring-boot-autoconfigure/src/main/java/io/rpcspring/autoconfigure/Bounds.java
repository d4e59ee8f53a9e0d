package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses values that cannot work, each with the same words.
 */
final class Bounds {

    private Bounds() {
    }

    static void atLeast(String property, int value, int least, String example) {
        if (value < least) {
            throw refusal(property, String.valueOf(value), "less than " + least, least + " or more", example);
        }
    }

    static void atLeast(String property, Duration value, Duration least, String example) {
        if (value.compareTo(least) < 0) {
            throw refusal(property, text(value), least.isZero() ? "negative" : "less than " + text(least),
                    text(least) + " or longer", example);
        }
    }

    static void zeroOrAtLeast(String property, Duration value, Duration least, String example) {
        if (!value.isZero() && value.compareTo(least) < 0) {
            throw refusal(property, text(value), "less than " + text(least),
                    text(least) + " or longer, or to 0s for none", example);
        }
    }

    static void size(String property, DataSize value, String example) {
        size(property, value, 1, example);
    }

    static void size(String property, DataSize value, int least, String example) {
        if (value.toBytes() < least || value.toBytes() > Integer.MAX_VALUE) {
            String range = "from " + least + "B to " + Integer.MAX_VALUE + "B";
            throw refusal(property, value.toString(), "not " + range, "a size " + range, example);
        }
    }

    static RpcConfigurationException refusal(String property, String value, String wrong, String right,
            String example) {
        return new RpcConfigurationException(property + " is " + value + ", which is " + wrong + ".",
                "Set " + property + " to " + right + ", such as " + example + ".");
    }

    static String text(Duration duration) {
        return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

}
