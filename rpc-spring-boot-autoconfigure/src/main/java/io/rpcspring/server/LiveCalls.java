package io.rpcspring.server;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Knows the calls in flight: those that were given to a pool and whose end has not been
 * told there.
 * <p>
 * It is the outermost interceptor, and the only one of the framework's: each would cost
 * every call. Calls of the framework's own services are told apart: a stopping server
 * does not wait for a client that watches its health.
 */
final class LiveCalls implements ServerInterceptor {

    private static final Executor TRANSPORT = Runnable::run;

    /** By grpc-java's own calls. */
    private final Map<ServerCall<?, ?>, LiveCall<?, ?>> calls = new ConcurrentHashMap<>();

    private final Set<String> ownServices;

    private final ServerInterceptor gate;

    /**
     * Knows no calls yet.
     * @param ownServices the names of the framework's own services
     * @param gate comes next
     */
    LiveCalls(Set<String> ownServices, ServerInterceptor gate) {
        this.ownServices = ownServices;
        this.gate = gate;
    }

    /**
     * Lets each call be ended from outside, and those that nobody can serve at once.
     * @param pools chooses the pool of each call
     * @return the same choice
     */
    ServerCallExecutorSupplier knowing(ServerCallExecutorSupplier pools) {
        return new ServerCallExecutorSupplier() {

            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
                LiveCall<Q, R> live = new LiveCall<>(call);
                Status unreadable = ReadableTimeouts.refusal(headers);
                Executor pool = (unreadable != null) ? TRANSPORT : pools.getExecutor(live, headers);
                LiveCalls.this.calls.put(call, live);
                if (unreadable != null) {
                    live.refuse(unreadable);
                }
                return pool;
            }

        };
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LiveCall<Q, R> live = of(call);
        try {
            return new Watched<>(start(live, headers, next), live, this.calls);
        }
        catch (Throwable ex) {
            this.calls.remove(call);
            throw ex;
        }
    }

    /** An application that chooses the executor itself brings calls that are new here. */
    @SuppressWarnings("unchecked") // each was put there by a call of its own types
    private <Q, R> LiveCall<Q, R> of(ServerCall<Q, R> call) {
        LiveCall<?, ?> known = this.calls.get(call);
        return (LiveCall<Q, R>) ((known != null) ? known
                : this.calls.computeIfAbsent(call, (unknown) -> new LiveCall<>(unknown)));
    }

    private <Q, R> ServerCall.Listener<Q> start(LiveCall<Q, R> live, Metadata headers, ServerCallHandler<Q, R> next) {
        return live.isEnded() ? new ServerCall.Listener<>() {
        } : this.gate.interceptCall(live, headers, next);
    }

    int count() {
        return (int) this.calls.keySet().stream().filter((call) -> !isOwn(call)).count();
    }

    private boolean isOwn(ServerCall<?, ?> call) {
        String service = call.getMethodDescriptor().getServiceName();
        return service != null && this.ownServices.contains(service);
    }

    /**
     * Ends the calls that are left.
     * @param status what the clients get
     * @return how many calls there were of each method
     */
    Map<String, Long> end(Status status) {
        List<LiveCall<?, ?>> left = List.copyOf(this.calls.values());
        left.forEach((call) -> call.end(status));
        return left.stream()
            .filter((call) -> !isOwn(call))
            .collect(Collectors.groupingBy((call) -> call.getMethodDescriptor().getFullMethodName(), TreeMap::new,
                    Collectors.counting()));
    }

    /**
     * Ends the calls of the framework's own services.
     * @param status what the clients get
     */
    void endOwn(Status status) {
        this.calls.values().stream().filter(this::isOwn).forEach((call) -> call.end(status));
    }

    /**
     * Tells what comes of a call that has not been ended from outside, and forgets the
     * call at its end.
     *
     * @param <Q> the type of the requests
     */
    private static final class Watched<Q> extends ForwardingServerCallListener<Q> {

        private final ServerCall.Listener<Q> listener;

        private final LiveCall<Q, ?> live;

        private final Map<ServerCall<?, ?>, LiveCall<?, ?>> calls;

        private Watched(ServerCall.Listener<Q> listener, LiveCall<Q, ?> live,
                Map<ServerCall<?, ?>, LiveCall<?, ?>> calls) {
            this.listener = listener;
            this.live = live;
            this.calls = calls;
        }

        @Override
        protected ServerCall.Listener<Q> delegate() {
            return this.listener;
        }

        @Override
        public void onMessage(Q message) {
            Status unreadable = ReadableRequests.refusal(message);
            if (unreadable != null) {
                this.live.refuse(unreadable);
            }
            else if (!this.live.isEnded()) {
                this.listener.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!this.live.isEnded()) {
                this.listener.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            this.calls.remove(this.live.delegate());
            this.listener.onCancel();
        }

        @Override
        public void onComplete() {
            this.calls.remove(this.live.delegate());
            this.listener.onComplete();
        }

    }

}
