package io.rpcspring.test.fault;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Context;

/**
 * Holds threads up, until their time is over, their call has ended, or the test has.
 */
final class Pauses {

    private final Set<CountDownLatch> pauses = ConcurrentHashMap.newKeySet();

    /** How often all were ended. */
    private final AtomicInteger ends = new AtomicInteger();

    /** Asked before it is decided whether a call is held up. */
    int ends() {
        return this.ends.get();
    }

    /**
     * Holds this thread up, unless all were ended since. The current context is the
     * call's.
     */
    void pause(Duration duration, int endsBefore) {
        if (duration.isZero()) {
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        Context.CancellationListener wake = (cancelled) -> over.countDown();
        Context.current().addListener(wake, Runnable::run);
        this.pauses.add(over);
        if (ends() != endsBefore) {
            over.countDown();
        }
        try {
            over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        }
        catch (InterruptedException ex) {
            // The call has ended: its pool takes the interrupt back.
            Thread.currentThread().interrupt();
        }
        finally {
            this.pauses.remove(over);
            Context.current().removeListener(wake);
        }
    }

    /** Ends all there are. */
    void end() {
        this.ends.incrementAndGet();
        this.pauses.forEach(CountDownLatch::countDown);
    }

}
