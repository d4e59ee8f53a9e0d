package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses values that cannot work, each with the same words.
 */
final class Bounds {

    /** Longer than anything waits; a {@code long} of nanoseconds holds it. */
    private static final Duration FOREVER = Duration.ofDays(36500);

    private Bounds() {
    }

    static void atLeast(String property, int value, int least, String example) {
        if (value < least) {
            throw refusal(property, String.valueOf(value), "less than " + least, least + " or more", example);
        }
    }

    static void atLeast(String property, Duration value, Duration least, String example) {
        notForever(property, value);
        if (value.compareTo(least) < 0) {
            throw refusal(property, text(value), least.isZero() ? "negative" : "less than " + text(least),
                    text(least) + " or longer", example);
        }
    }

    static void zeroOrAtLeast(String property, Duration value, Duration least, String example) {
        notForever(property, value);
        if (!value.isZero() && value.compareTo(least) < 0) {
            throw refusal(property, text(value), "less than " + text(least),
                    text(least) + " or longer, or to 0s for none", example);
        }
    }

    /** Whoever wants to wait for ever would get an overflow instead. */
    static void notForever(String property, Duration value) {
        if (value.compareTo(FOREVER) > 0) {
            throw new RpcConfigurationException(property + " is " + text(value) + ", which is longer than a century.",
                    "Set " + property + " to " + text(FOREVER) + " or shorter.");
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

    /** Exact, and in a unit that fits; centuries in days. */
    static String text(Duration value) {
        if (Math.abs(value.toDays()) >= FOREVER.toDays()) {
            return value.toDays() + "d";
        }
        if (value.toNanosPart() == 0) {
            return value.toSeconds() + "s";
        }
        return (value.toNanosPart() % 1_000_000 == 0) ? value.toMillis() + "ms" : value.toNanos() + "ns";
    }

}
