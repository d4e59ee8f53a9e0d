package io.rpcspring.client;

import java.time.Duration;

import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells once when a channel reaches no server any more, and once when it does again.
 * <p>
 * A channel that has several connections is broken when it has none left.
 */
final class ChannelOutage {

    private static final Log logger = LogFactory.getLog(ChannelOutage.class);

    /** Guarded by this. */
    private int connected;

    /** Guarded by this for writing. */
    private volatile @Nullable Status cause;

    /** When it began. Guarded by this. */
    private long since;

    /** Whether the application leaves. */
    private volatile boolean leaving;

    /** Why the channel reaches no server, or null if it does or was not tried. */
    @Nullable Status cause() {
        return this.cause;
    }

    /** Servers that go with the application are no outage. */
    void leave() {
        this.leaving = true;
    }

    synchronized void connected(String channel) {
        this.connected++;
        Status was = this.cause;
        if (was != null) {
            this.cause = null;
            Duration time = Duration.ofNanos(System.nanoTime() - this.since);
            logger.info("The " + channel + " is connected again after " + time.toMillis() + "ms; it was: "
                    + FailureText.of(was));
        }
    }

    synchronized void disconnected() {
        this.connected--;
    }

    synchronized void failed(String channel, Status failure) {
        if (this.connected == 0 && this.cause == null) {
            this.since = System.nanoTime();
            this.cause = failure;
            if (!this.leaving) {
                logger.warn("The " + channel + " has no connection: " + FailureText.of(failure)
                        + "; it keeps trying while calls come");
            }
        }
    }

}
