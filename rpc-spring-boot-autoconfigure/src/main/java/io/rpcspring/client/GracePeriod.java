package io.rpcspring.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;

/**
 * Gives the calls of channels that are closed time to end.
 *
 * @param deadline until when, of {@link System#nanoTime()}; what is left is cancelled
 */
record GracePeriod(long deadline) {

    private static final long TICK_MILLIS = 20;

    /** Begins now. */
    static GracePeriod of(Duration length) {
        return new GracePeriod(System.nanoTime() + length.toNanos());
    }

    /**
     * Waits for the calls, and not for connections without any: grpc-java keeps those of
     * a channel that was idle a moment ago for five seconds.
     * @param figures know the channel's calls
     */
    void awaitEnd(ManagedChannel connection, ChannelFigures figures) {
        boolean late = false;
        try {
            while (!late && !connection.awaitTermination(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                late = System.nanoTime() - this.deadline >= 0;
                if (late || figures.calls() == 0) {
                    connection.shutdownNow();
                }
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            connection.shutdownNow();
        }
    }

}
