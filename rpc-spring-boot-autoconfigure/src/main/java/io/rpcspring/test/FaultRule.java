package io.rpcspring.test;

import java.time.Duration;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import io.rpcspring.RpcError;
import io.rpcspring.test.fault.ArmedFault;
import io.rpcspring.test.fault.FaultBook;
import io.rpcspring.test.fault.FaultEnd;
import io.rpcspring.test.fault.FaultMatch;
import io.rpcspring.test.fault.FaultPlan;
import io.rpcspring.test.fault.FaultShare;

/**
 * Collects which calls a fault is for, and arms it.
 *
 * @param book where it is armed
 * @param match which calls it concerns
 * @param share how many of them it hits
 */
record FaultRule(FaultBook book, FaultMatch match, FaultShare share) implements RpcFaults.Rule {

    @Override
    public RpcFaults.Rule service(String fullName) {
        return narrowed(this.match.withService(fullName));
    }

    @Override
    public RpcFaults.Rule method(MethodDescriptor<?, ?> method) {
        return narrowed(this.match.withMethod(method.getFullMethodName()));
    }

    @Override
    public RpcFaults.Rule when(Predicate<Metadata> headers) {
        return narrowed(this.match.withHeaders(headers));
    }

    private RpcFaults.Rule narrowed(FaultMatch narrower) {
        return new FaultRule(this.book, narrower, this.share);
    }

    @Override
    public RpcFaults.Rule percent(double percent) {
        return new FaultRule(this.book, this.match, this.share.withPercent(percent));
    }

    @Override
    public RpcFaults.Rule times(int n) {
        return new FaultRule(this.book, this.match, this.share.withTimes(n));
    }

    @Override
    public RpcFaults.Rule skip(int n) {
        return new FaultRule(this.book, this.match, this.share.withSkip(n));
    }

    @Override
    public RpcFaults.Fault delay(Duration duration) {
        return arm(FaultPlan.NONE.withDelay(duration));
    }

    @Override
    public RpcFaults.Fault fail(Status.Code code, String text) {
        return fail(RpcError.of(code, text));
    }

    @Override
    public RpcFaults.Fault fail(RpcError error) {
        return arm(FaultPlan.NONE.withEnd(new FaultEnd(FaultEnd.Kind.STATUS, error)));
    }

    @Override
    public RpcFaults.Fault dropAfter(int messages) {
        return arm(FaultPlan.NONE.withMessages(messages));
    }

    @Override
    public RpcFaults.Fault slowReader(Duration perMessage) {
        return arm(FaultPlan.NONE.withPerMessage(perMessage));
    }

    @Override
    public RpcFaults.Fault reset() {
        return arm(FaultPlan.NONE.withEnd(FaultEnd.RESET));
    }

    @Override
    public RpcFaults.Fault poolFull() {
        return arm(FaultPlan.NONE.withEnd(FaultEnd.POOL_FULL));
    }

    @Override
    public RpcFaults.Fault unavailable() {
        return arm(FaultPlan.NONE.withEnd(FaultEnd.UNAVAILABLE));
    }

    private RpcFaults.Fault arm(FaultPlan plan) {
        return new Armed(this.book, this.book.arm(this.match, this.share, plan));
    }

    /**
     * Lets a test look at a fault and end it.
     *
     * @param book where it is armed
     * @param fault what was armed
     */
    private record Armed(FaultBook book, ArmedFault fault) implements RpcFaults.Fault {

        @Override
        public int hits() {
            return this.fault.hits();
        }

        @Override
        public void close() {
            this.book.disarm(this.fault);
        }

    }

}
