package io.rpcspring.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits as long as nobody says that there is no time left.
 */
final class Patience {

    /** Opens when there is none. */
    private final CountDownLatch hurry = new CountDownLatch(1);

    void end() {
        this.hurry.countDown();
    }

    boolean hasEnded() {
        return this.hurry.getCount() == 0 || Thread.currentThread().isInterrupted();
    }

    /**
     * Waits for a time.
     * @return false if somebody has ended it
     */
    boolean lasts(Duration time) {
        try {
            return !this.hurry.await(time.toNanos(), TimeUnit.NANOSECONDS);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

}
