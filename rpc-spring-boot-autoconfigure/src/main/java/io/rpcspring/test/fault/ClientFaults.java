package io.rpcspring.test.fault;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;

/**
 * Decides about the attempts of one channel, once about each.
 * <p>
 * grpc-java asks for the server of an attempt again until it has one. The headers are the
 * same object each time, and each attempt has its own.
 */
final class ClientFaults {

    /** Stands between a channel's retries and its connections. */
    static final OwnPolicy<ClientFaults> POLICY = OwnPolicy.register("faults", FaultBalancer::new);

    private final Map<Metadata, FaultyAttempt> attempts = Collections.synchronizedMap(new WeakHashMap<>());

    private final String channel;

    private final FaultBook book;

    private final FaultServer server;

    ClientFaults(String channel, FaultBook book, FaultServer server) {
        this.channel = channel;
        this.book = book;
        this.server = server;
    }

    /** Has the faults. */
    FaultBook book() {
        return this.book;
    }

    /** Where attempts go to which something happens. */
    FaultServer server() {
        return this.server;
    }

    /** What was decided once holds, also when the fault is closed by then. */
    FaultyAttempt of(PickSubchannelArgs attempt) {
        if (this.book.isEmpty() && this.attempts.isEmpty()) {
            return FaultyAttempt.NOT_FAULTY;
        }
        return this.attempts.computeIfAbsent(attempt.getHeaders(), (headers) -> decide(attempt));
    }

    private FaultyAttempt decide(PickSubchannelArgs attempt) {
        FaultPlan plan = this.book.planOf(this.channel, attempt.getMethodDescriptor(), attempt.getHeaders());
        return plan.isNone() ? FaultyAttempt.NOT_FAULTY
                : new FaultyAttempt(plan, attempt.getMethodDescriptor().getType(), attempt.getCallOptions());
    }

    /** Decides anew about those that have found no server and wait for one. */
    void lookAgain() {
        this.attempts.values().removeIf(FaultyAttempt::isUnavailable);
    }

}
