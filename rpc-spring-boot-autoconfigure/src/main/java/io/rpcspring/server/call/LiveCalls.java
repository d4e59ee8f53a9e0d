package io.rpcspring.server.call;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.FewLines;
import io.rpcspring.server.pool.HandlerPools;

/**
 * Knows the calls in flight, from the moment when grpc-java asks what runs a call until
 * its end has been told.
 * <p>
 * Calls of the framework's own services are told apart: a stopping server does not wait
 * for a client that watches its health.
 */
public final class LiveCalls implements ServerCallExecutorSupplier {

    private static final Executor TRANSPORT = Runnable::run;

    private final FewLines endsNotHeard = new FewLines(LogFactory.getLog(LiveCalls.class),
            "What listens to the end of a call failed");

    /** By grpc-java's own calls. */
    private final Map<ServerCall<?, ?>, LiveCall<?, ?>> calls = new ConcurrentHashMap<>();

    /** What those run in of which nobody wants a request. */
    private final Set<Context> unheard = ConcurrentHashMap.newKeySet();

    private final Set<String> ownServices;

    private final HandlerPools pools;

    private final CallRules rules;

    /**
     * Knows no calls yet.
     * @param ownServices the names of the framework's own services
     * @param pools run the calls
     * @param rules hold for all their answers
     */
    public LiveCalls(Set<String> ownServices, HandlerPools pools, CallRules rules) {
        this.ownServices = ownServices;
        this.pools = pools;
        this.rules = rules;
        pools.callsAreKnownBy(() -> this.calls.values().stream().map(LiveCall::run).filter(Objects::nonNull));
    }

    /** Asked on the transport's thread, when the headers are in. */
    @Override
    public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
        LiveCall<Q, R> live = new LiveCall<>(call, headers, this.rules);
        this.calls.put(call, live);
        Status unreadable = ReadableTimeouts.refusal(headers);
        if (unreadable != null) {
            live.refuse(RpcErrorReason.UNREADABLE_TIMEOUT, unreadable);
            return TRANSPORT;
        }
        Executor runs = this.pools.admit(live);
        live.startIn(runs);
        return runs;
    }

    /** An application that chooses the executor itself brings calls that are new here. */
    @SuppressWarnings("unchecked") // each was put there by a call of its own types
    <Q, R> LiveCall<Q, R> of(ServerCall<Q, R> call, Metadata headers) {
        LiveCall<?, ?> known = this.calls.get(call);
        return (LiveCall<Q, R>) ((known != null) ? known
                : this.calls.computeIfAbsent(call, (key) -> unknown(key, headers)));
    }

    private LiveCall<?, ?> unknown(ServerCall<?, ?> call, Metadata headers) {
        LiveCall<?, ?> live = new LiveCall<>(call, headers, this.rules);
        HandlerPools.requestOne(live);
        live.startIn(null);
        return live;
    }

    /** What the application does with the end of a call is no affair of the call. */
    void endNotHeard(String method, Throwable thrown) {
        this.endsNotHeard.error("What listens to the end of a call of " + method + " failed", thrown);
    }

    /** A call has ended before its request came, which grpc-java would parse anyway. */
    void endedAtOnce(LiveCall<?, ?> call) {
        this.unheard.add(call.context());
        if (!this.calls.containsKey(call.delegate())) {
            this.unheard.remove(call.context());
        }
    }

    /** Whether nobody wants the request of the call that this thread brings events. */
    boolean isUnheard() {
        return !this.unheard.isEmpty() && this.unheard.contains(Context.current());
    }

    void forget(LiveCall<?, ?> call) {
        this.calls.remove(call.delegate());
        if (!this.unheard.isEmpty()) {
            this.unheard.remove(call.context());
        }
    }

    /**
     * How many calls there are, without those of the framework's own services.
     * @return zero or more
     */
    public int count() {
        return left((call) -> !isOwn(call)).size();
    }

    /**
     * The calls there are, those of the framework's own services among them. Takes no
     * lock.
     * @param drained whether the server waits for them to go
     * @return the oldest first
     */
    public List<CallReport> reports(boolean drained) {
        return this.calls.values()
            .stream()
            .map((call) -> CallReport.of(call, poolOf(call), drained))
            .sorted(Comparator.comparing(CallReport::age).reversed())
            .toList();
    }

    private @Nullable String poolOf(LiveCall<?, ?> call) {
        String pool = this.pools.nameOf(call.method());
        return pool.equals(HandlerPools.TRANSPORT) ? null : pool;
    }

    private boolean isOwn(LiveCall<?, ?> call) {
        String service = call.getMethodDescriptor().getServiceName();
        return service != null && this.ownServices.contains(service);
    }

    private List<LiveCall<?, ?>> left(Predicate<LiveCall<?, ?>> which) {
        return this.calls.values().stream().filter(which).toList();
    }

    /**
     * Ends the calls that are left.
     * @param status what the clients get
     * @return how many calls there were of each method
     */
    public Map<String, Long> cut(Status status) {
        List<LiveCall<?, ?>> left = left((call) -> true);
        left.forEach((call) -> call.refuse(RpcErrorReason.CALL_CUT, status));
        return left.stream()
            .filter((call) -> !isOwn(call))
            .collect(Collectors.groupingBy((call) -> call.getMethodDescriptor().getFullMethodName(), TreeMap::new,
                    Collectors.counting()));
    }

    /**
     * Ends the calls of the framework's own services.
     * @param status what the clients get
     */
    public void endOwn(Status status) {
        left(this::isOwn).forEach((call) -> call.refuse(RpcErrorReason.DRAINING, status));
    }

    /**
     * A handler that runs no code of the application when a call has ended, so that the
     * end can be told on any thread.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    public interface QuietHandler<Q, R> extends ServerCallHandler<Q, R> {

        /**
         * Whether it really is so, unless the application asks to be told during the
         * call.
         * @return false if the application is told of the end of each call
         */
        boolean isQuiet();

    }

}
