package io.rpcspring.test;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Reads what gRPC itself says in a call's headers.
 */
final class CallHeaders {

    private static final Metadata.Key<String> TIMEOUT = Metadata.Key.of("grpc-timeout",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> PREVIOUS_ATTEMPTS = Metadata.Key.of("grpc-previous-rpc-attempts",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final Pattern TIMEOUT_FORM = Pattern.compile("(\\d{1,8})([HMSmun])");

    private CallHeaders() {
    }

    /** How long the call has; null if it has no deadline, or one that cannot be read. */
    static @Nullable Duration timeout(Metadata headers) {
        String text = headers.get(TIMEOUT);
        Matcher form = TIMEOUT_FORM.matcher((text != null) ? text : "");
        return form.matches() ? Duration.of(Long.parseLong(form.group(1)), unit(form.group(2))) : null;
    }

    private static ChronoUnit unit(String letter) {
        return switch (letter) {
            case "H" -> ChronoUnit.HOURS;
            case "M" -> ChronoUnit.MINUTES;
            case "S" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MILLIS;
            case "u" -> ChronoUnit.MICROS;
            default -> ChronoUnit.NANOS;
        };
    }

    /** How often the client has sent the call before. */
    static int previousAttempts(Metadata headers) {
        String text = headers.get(PREVIOUS_ATTEMPTS);
        return (text != null && text.matches("\\d{1,4}")) ? Integer.parseInt(text) : 0;
    }

    /** Whether a header is gRPC's own, and tells a test nothing. */
    static boolean isOwn(String name) {
        return name.startsWith("grpc-") || name.equals("user-agent") || name.equals("content-type")
                || name.equals("te");
    }

}
