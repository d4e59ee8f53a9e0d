package io.rpcspring.test.fault;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;

/**
 * Holds threads up, until their time is over, their call has ended, or the test has.
 */
final class Pauses {

    private final Set<CountDownLatch> pauses = ConcurrentHashMap.newKeySet();

    /** Holds this thread up. The current context is the call's. */
    void pause(Duration duration) {
        if (duration.isZero()) {
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        Context.CancellationListener wake = (cancelled) -> over.countDown();
        Context.current().addListener(wake, Runnable::run);
        this.pauses.add(over);
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
        this.pauses.forEach(CountDownLatch::countDown);
    }

}
