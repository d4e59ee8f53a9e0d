package io.rpcspring.observation;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.slf4j.MDC;

import io.rpcspring.server.call.LiveCall;

/**
 * Puts service, method and peer of each call into the logging context.
 * <p>
 * They are put once, before code of the application runs, and not taken off here: the
 * pools take off whatever an event leaves, and put it back where the call goes on. Where
 * the application runs calls by an executor of its own nobody does, and nothing is put.
 */
public final class LogFields implements ServerInterceptor {

    /** The service's full name. */
    static final String SERVICE = "rpc.service";

    /** The method's bare name. */
    static final String METHOD = "rpc.method";

    /** The other side's address. */
    static final String PEER = "rpc.peer";

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LiveCall<?, ?> live = LiveCall.of(call);
        if (live == null || !live.isFollowed()) {
            return next.startCall(call, headers);
        }
        if (live.progress().waitsForRequest()) {
            return new PutLate<>(next.startCall(call, headers), live);
        }
        put(live);
        return next.startCall(call, headers);
    }

    private static void put(LiveCall<?, ?> live) {
        MethodDescriptor<?, ?> method = live.getMethodDescriptor();
        MDC.put(SERVICE, method.getServiceName());
        MDC.put(METHOD, method.getBareMethodName());
        MDC.put(PEER, Peers.of(live.connection()));
    }

    /**
     * Spares the copy that what waits on no thread would need.
     *
     * @param <Q> the type of the requests
     */
    private static final class PutLate<Q> extends SimpleForwardingServerCallListener<Q> {

        private final LiveCall<?, ?> live;

        private PutLate(ServerCall.Listener<Q> listener, LiveCall<?, ?> live) {
            super(listener);
            this.live = live;
        }

        @Override
        public void onHalfClose() {
            put(this.live);
            super.onHalfClose();
        }

    }

}
