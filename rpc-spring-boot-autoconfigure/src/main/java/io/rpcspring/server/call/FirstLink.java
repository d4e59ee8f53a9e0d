package io.rpcspring.server.call;

import java.util.List;
import java.util.Objects;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.rpcspring.server.call.LiveCalls.QuietHandler;

/**
 * Starts each call, as the outermost interceptor, with those who observe it.
 * <p>
 * Nobody is told of a call that has ended already. Who observes is no code of the
 * application, so that it may hear of the end on any thread, too.
 *
 * @param calls knows the calls
 * @param observers see a call before all others, the last first
 */
record FirstLink(LiveCalls calls, List<ServerInterceptor> observers) implements ServerInterceptor {

    private static final ServerCall.Listener<?> NOBODY = new ServerCall.Listener<>() {
    };

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LiveCall<Q, R> live = this.calls.of(call, headers);
        ServerCall.Listener<Q> listener = start(live, headers, next);
        if (live.isEnded()) {
            this.calls.endedAtOnce(live);
        }
        return new CallEvents<>(live, this.calls, listener);
    }

    private <Q, R> ServerCall.Listener<Q> start(LiveCall<Q, R> live, Metadata headers, ServerCallHandler<Q, R> next) {
        if (live.isEnded()) {
            return nobody();
        }
        live.progress().started(next instanceof QuietHandler<?, ?> handler && handler.isQuiet());
        try {
            return Objects.requireNonNull(observed(next).startCall(live, headers),
                    "An interceptor answered no listener");
        }
        catch (Throwable ex) {
            live.fail(ex);
            return nobody();
        }
    }

    private <Q, R> ServerCallHandler<Q, R> observed(ServerCallHandler<Q, R> handler) {
        ServerCallHandler<Q, R> first = handler;
        for (ServerInterceptor observer : this.observers) {
            ServerCallHandler<Q, R> next = first;
            first = (call, headers) -> observer.interceptCall(call, headers, next);
        }
        return first;
    }

    @SuppressWarnings("unchecked") // it looks at no message
    private static <Q> ServerCall.Listener<Q> nobody() {
        return (ServerCall.Listener<Q>) NOBODY;
    }

}
