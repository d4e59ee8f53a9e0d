package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.rpcspring.server.error.CallFailures;

/**
 * Maps what interceptors and services throw while they are brought events.
 *
 * @param failures maps it
 */
record FailureLink(CallFailures failures) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        try {
            return new Mapped<>(next.startCall(call, headers), call, this.failures);
        }
        catch (Throwable ex) {
            end(call, ex, this.failures);
            return new ServerCall.Listener<>() {
            };
        }
    }

    private static void end(ServerCall<?, ?> call, Throwable thrown, CallFailures failures) {
        LiveCall<?, ?> live = LiveCall.of(call);
        if (live == null || !(live.isEndedByOthers() || LiveCall.isEndedBy(live, thrown))) {
            if (live != null) {
                live.excuse();
            }
            LastResort.close(call, failures.map(LiveCall.contextOf(call), thrown));
        }
    }

    /**
     * Ends the call at the first failure.
     *
     * @param <Q> the type of the requests
     */
    private static final class Mapped<Q> extends GuardedEvents<Q> {

        private final ServerCall<Q, ?> call;

        private final CallFailures failures;

        private Mapped(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call, CallFailures failures) {
            super(listener);
            this.call = call;
            this.failures = failures;
        }

        @Override
        void failed(Throwable thrown) {
            end(this.call, thrown, this.failures);
        }

    }

}
