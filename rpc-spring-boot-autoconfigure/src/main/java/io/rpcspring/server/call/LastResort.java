package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.server.error.CallEnd;

/**
 * Ends calls also where an interceptor throws instead of letting the end through.
 */
public final class LastResort {

    private static final Log logger = LogFactory.getLog(LastResort.class);

    private LastResort() {
    }

    /**
     * Sends headers through the interceptors that stand above, or past them.
     * @param call as it reached whoever sends
     * @param headers what the client gets
     */
    public static void sendHeaders(ServerCall<?, ?> call, Metadata headers) {
        try {
            call.sendHeaders(headers);
        }
        catch (Throwable ex) {
            live(call, ex).sendHeaders(headers);
        }
    }

    /**
     * Ends a call through the interceptors that stand above, or past them.
     * @param call as it reached whoever ends it
     * @param end what the client gets
     */
    public static void close(ServerCall<?, ?> call, CallEnd end) {
        try {
            call.close(end.status(), end.trailers());
        }
        catch (Throwable ex) {
            live(call, ex).refuse(end);
        }
    }

    /**
     * Ends a call with what an exception is mapped to, past all interceptors.
     * @param call as it reached whoever answers
     * @param thrown what an interceptor has thrown at its end
     */
    public static void fail(ServerCall<?, ?> call, Throwable thrown) {
        live(call, thrown).fail(thrown);
    }

    private static LiveCall<?, ?> live(ServerCall<?, ?> call, Throwable thrown) {
        LiveCall<?, ?> live = LiveCall.of(call);
        if (live == null) {
            throw new IllegalStateException("An interceptor hides the call, and does not let its end through", thrown);
        }
        logger.debug("An interceptor failed at the end of a call of " + live.method(), thrown);
        return live;
    }

}
