package io.rpcspring.observation;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.slf4j.MDC;

/**
 * Tells the access log when a call has a thread, and in which trace it is.
 */
public final class AccessLogStart implements ServerInterceptor {

    /** Where Micrometer's tracing puts it. */
    private static final String TRACE = "traceId";

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LoggedCall logged = LoggedCall.KEY.get();
        if (logged != null) {
            logged.begins(MDC.get(TRACE));
        }
        return next.startCall(call, headers);
    }

}
