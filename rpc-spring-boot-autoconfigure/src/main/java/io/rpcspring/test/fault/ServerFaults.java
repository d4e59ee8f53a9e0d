package io.rpcspring.test.fault;

import java.util.Objects;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.pool.AdmittedCall;
import io.rpcspring.server.pool.Dismissal;

/**
 * Does to the calls of a server what is planned for them.
 *
 * @param book has the plans
 * @param pauses hold calls up
 * @param timer runs what is put off
 */
record ServerFaults(FaultBook book, Pauses pauses, FaultTimer timer) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        int ends = this.pauses.ends();
        FaultPlan plan = this.book.isEmpty() ? FaultPlan.NONE
                : this.book.planOf(null, call.getMethodDescriptor(), headers);
        if (plan.isNone()) {
            return next.startCall(call, headers);
        }
        LiveCall<?, ?> live = Objects.requireNonNull(LiveCall.of(call), "Faults need a call of an RpcServer");
        this.pauses.pause(plan.delay(), ends);
        if (live.isEnded()) {
            return new ServerCall.Listener<>() {
            };
        }
        if (plan.end() != null) {
            end(live, plan.end());
            return new ServerCall.Listener<>() {
            };
        }
        return faulty(plan, live, call).start(headers, next);
    }

    private <Q, R> FaultyCall<Q, R> faulty(FaultPlan plan, LiveCall<?, ?> live, ServerCall<Q, R> call) {
        ServerCall<Q, R> read = plan.isSlow() ? new SlowRequests<>(call, plan.perMessage(), this.timer) : call;
        return new FaultyCall<>(read, live, plan.messages());
    }

    private static void end(LiveCall<?, ?> call, FaultEnd end) {
        switch (end.kind()) {
            case STATUS, UNAVAILABLE -> call.refuse(end.asSent());
            case POOL_FULL -> {
                AdmittedCall run = call.run();
                String pool = (run != null) ? run.poolName() : "default";
                call.refuse(new Dismissal(Dismissal.Reason.FULL, "pool '" + pool + "' " + FaultEnd.FULL,
                        FaultEnd.RETRY_AFTER));
            }
            case RESET -> ResetMessage.reset(call);
        }
    }

}
