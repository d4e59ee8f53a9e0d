package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls whose timeout cannot be read with what is wrong with it.
 * <p>
 * grpc-java resets such a call and writes a stack trace. The tracer sees the headers
 * before grpc-java reads the timeout, and takes it out of its way; {@link LiveCalls} then
 * closes the call with {@code INTERNAL}, as other gRPC servers do.
 */
final class ReadableTimeouts extends ServerStreamTracer.Factory {

    private static final Metadata.Key<String> TIMEOUT = Metadata.Key.of("grpc-timeout",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> UNREADABLE = Metadata.Key.of("rpc-unreadable-timeout",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final ServerStreamTracer NOTHING = new ServerStreamTracer() {
    };

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        String timeout = headers.get(TIMEOUT);
        if (timeout != null && !isReadable(timeout)) {
            headers.removeAll(TIMEOUT);
            headers.put(UNREADABLE, timeout);
        }
        return NOTHING;
    }

    /** Whether it is at most eight digits and a unit, as the gRPC specification says. */
    private static boolean isReadable(String timeout) {
        int digits = timeout.length() - 1;
        if (digits < 1 || digits > 8 || "HMSmun".indexOf(timeout.charAt(digits)) < 0) {
            return false;
        }
        for (int i = 0; i < digits; i++) {
            if (timeout.charAt(i) < '0' || timeout.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * Why a call is refused.
     * @param headers what the tracer has seen
     * @return what the client gets, or null if the timeout can be read
     */
    static @Nullable Status refusal(Metadata headers) {
        String unreadable = headers.get(UNREADABLE);
        if (unreadable == null) {
            return null;
        }
        return Status.INTERNAL.withDescription(
                "The grpc-timeout '" + unreadable + "' is not 1 to 8 digits and a unit of H, M, S, m, u or n");
    }

}
