package io.rpcspring.server;

import java.util.regex.Pattern;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Answers calls whose timeout cannot be read with what is wrong with it.
 * <p>
 * grpc-java resets such a call and writes a stack trace. The tracer sees the headers
 * before grpc-java reads the timeout, and takes it out of its way; the interceptor then
 * closes the call with {@code INTERNAL}, as other gRPC servers do.
 */
final class ReadableTimeouts extends ServerStreamTracer.Factory implements ServerInterceptor {

    /** At most eight digits and a unit, says the gRPC specification. */
    private static final Pattern READABLE = Pattern.compile("\\d{1,8}[HMSmun]");

    private static final Metadata.Key<String> TIMEOUT = Metadata.Key.of("grpc-timeout",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> UNREADABLE = Metadata.Key.of("rpc-unreadable-timeout",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final ServerStreamTracer NOTHING = new ServerStreamTracer() {
    };

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        String timeout = headers.get(TIMEOUT);
        if (timeout != null && !READABLE.matcher(timeout).matches()) {
            headers.removeAll(TIMEOUT);
            headers.put(UNREADABLE, timeout);
        }
        return NOTHING;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        String unreadable = headers.get(UNREADABLE);
        if (unreadable == null) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.INTERNAL.withDescription(
                        "The grpc-timeout '" + unreadable + "' is not 1 to 8 digits and a unit of H, M, S, m, u or n"),
                new Metadata());
        return new ServerCall.Listener<>() {
        };
    }

}
