package io.rpcspring.client;

import java.time.Duration;
import java.util.List;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the calls of one method are made.
 *
 * @param deadline How long a unary call may take. 0s: as long as it likes.
 * @param streamDeadline How long a streaming call may take. 0s: as long as it likes.
 * @param waitForReady Whether calls wait for a connection instead of failing without one.
 * @param compression How requests are compressed: gzip, or another codec that grpc-java
 * knows.
 * @param retry When a failed call is tried again.
 * @param hedging When a slow call is sent to a second server.
 */
public record CallSettings(@DefaultValue("0s") Duration deadline, @DefaultValue("0s") Duration streamDeadline,
        @DefaultValue("false") boolean waitForReady, @Nullable String compression, @Nullable Retry retry,
        @Nullable Hedging hedging) {

    /** The most that retry and hedging may be told to try. */
    public static final int MAX_ATTEMPTS = 100;

    /**
     * These settings with other ways to try again.
     * @param newRetry instead of the retry there is
     * @param newHedging instead of the hedging there is
     * @return a changed copy
     */
    public CallSettings withAttempts(@Nullable Retry newRetry, @Nullable Hedging newHedging) {
        return new CallSettings(this.deadline, this.streamDeadline, this.waitForReady, this.compression, newRetry,
                newHedging);
    }

    /**
     * These settings with another deadline of streams.
     * @param newDeadline instead of the one there is
     * @return a changed copy
     */
    public CallSettings withStreamDeadline(Duration newDeadline) {
        return new CallSettings(this.deadline, newDeadline, this.waitForReady, this.compression, this.retry,
                this.hedging);
    }

    boolean severalAttempts() {
        return (this.retry != null && this.retry.isOn()) || (this.hedging != null && this.hedging.isOn());
    }

    /**
     * When a failed call is tried again.
     *
     * @param maxAttempts How often a call is tried in all. 1 turns retry off.
     * @param initialBackoff About how long to wait before the first retry.
     * @param maxBackoff How long to wait at most.
     * @param multiplier By how much the wait grows from one retry to the next.
     * @param codes Status codes after which a call is tried again.
     */
    public record Retry(@DefaultValue("3") int maxAttempts, @DefaultValue("100ms") Duration initialBackoff,
            @DefaultValue("1s") Duration maxBackoff, @DefaultValue("2") double multiplier,
            @DefaultValue("UNAVAILABLE") List<Status.Code> codes) {

        /**
         * Whether anything is tried twice.
         * @return false if it is turned off
         */
        public boolean isOn() {
            return this.maxAttempts > 1;
        }

    }

    /**
     * When a slow call is sent to a second server.
     *
     * @param maxAttempts How often a call is sent at most. 1 turns hedging off.
     * @param delay How long to wait for an answer before the call is sent again.
     * @param nonFatalCodes Status codes after which the next attempt starts at once,
     * instead of ending the call.
     */
    public record Hedging(@DefaultValue("2") int maxAttempts, @DefaultValue("100ms") Duration delay,
            @DefaultValue("UNAVAILABLE") List<Status.Code> nonFatalCodes) {

        /**
         * Whether anything is sent twice.
         * @return false if it is turned off
         */
        public boolean isOn() {
            return this.maxAttempts > 1;
        }

    }

}
