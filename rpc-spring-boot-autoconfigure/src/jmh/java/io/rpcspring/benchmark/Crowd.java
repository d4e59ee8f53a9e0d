package io.rpcspring.benchmark;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Payload;

/**
 * Clients that each call once a second, and wait no longer than a second for the answer.
 */
final class Crowd {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BenchGrpc.BenchStub stub;

    private final int clients;

    private final Payload request;

    private final LongAdder answered = new LongAdder();

    private final LongAdder refused = new LongAdder();

    private final LongAdder late = new LongAdder();

    private final LongAdder failed = new LongAdder();

    Crowd(Channel channel, int clients, int pauseMs) {
        this.stub = BenchGrpc.newStub(channel);
        this.clients = clients;
        this.request = Payload.newBuilder().setPauseMs(pauseMs).setScarce(true).build();
    }

    /**
     * Calls for some time, one client after the other, and counts what ends in it. A call
     * ends within the second, so a client never has two.
     */
    void callFor(int seconds) {
        long start = System.nanoTime();
        for (long number = 0; number < (long) seconds * this.clients; number++) {
            long due = start + number * PERIOD_NANOS / this.clients;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            call();
        }
    }

    private void call() {
        this.stub.withDeadlineAfter(PERIOD_NANOS, TimeUnit.NANOSECONDS).echo(this.request, new StreamObserver<>() {

            @Override
            public void onNext(Payload response) {
                Crowd.this.answered.increment();
            }

            @Override
            public void onError(Throwable thrown) {
                count(Status.fromThrowable(thrown).getCode()).increment();
            }

            @Override
            public void onCompleted() {
                // The answer was counted.
            }

        });
    }

    private LongAdder count(Status.Code code) {
        return switch (code) {
            case RESOURCE_EXHAUSTED -> this.refused;
            case DEADLINE_EXCEEDED -> this.late;
            default -> this.failed;
        };
    }

    long answered() {
        return this.answered.sum();
    }

    long refused() {
        return this.refused.sum();
    }

    long late() {
        return this.late.sum();
    }

    long failed() {
        return this.failed.sum();
    }

}
