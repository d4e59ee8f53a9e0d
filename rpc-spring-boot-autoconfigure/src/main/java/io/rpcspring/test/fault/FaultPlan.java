package io.rpcspring.test.fault;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What happens to a call, by one fault or by several.
 *
 * @param delay how long it is held up
 * @param end how it ends before it has begun, if it does
 * @param messages after how many messages its connection is lost; -1 if it is not
 * @param perMessage the time from one message to the next; zero if they come as they do
 */
public record FaultPlan(Duration delay, @Nullable FaultEnd end, int messages, Duration perMessage) {

    /** Nothing happens. */
    public static final FaultPlan NONE = new FaultPlan(Duration.ZERO, null, -1, Duration.ZERO);

    /**
     * Holds the call up.
     * @param newDelay for how long
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public FaultPlan withDelay(Duration newDelay) {
        require(!newDelay.isNegative(), "The delay is " + newDelay + ", not 0 or more");
        return new FaultPlan(newDelay, this.end, this.messages, this.perMessage);
    }

    /**
     * Ends the call before it has begun.
     * @param newEnd how
     * @return a changed copy
     */
    public FaultPlan withEnd(FaultEnd newEnd) {
        return new FaultPlan(this.delay, newEnd, this.messages, this.perMessage);
    }

    /**
     * Loses the call's connection.
     * @param newMessages after how many messages
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public FaultPlan withMessages(int newMessages) {
        require(newMessages >= 0, "messages is " + newMessages + ", not 0 or more");
        return new FaultPlan(this.delay, this.end, newMessages, this.perMessage);
    }

    /**
     * Slows the call's reader down.
     * @param newPerMessage the time from one message to the next
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public FaultPlan withPerMessage(Duration newPerMessage) {
        require(!newPerMessage.isNegative() && !newPerMessage.isZero(),
                "The time per message is " + newPerMessage + ", not more than 0");
        return new FaultPlan(this.delay, this.end, this.messages, newPerMessage);
    }

    private static void require(boolean possible, String otherwise) {
        if (!possible) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Both: delays one after the other, the earlier loss, the slower reader. */
    FaultPlan and(FaultPlan more) {
        int loss = (this.messages < 0) ? more.messages
                : (more.messages < 0) ? this.messages : Math.min(this.messages, more.messages);
        Duration slower = (this.perMessage.compareTo(more.perMessage) > 0) ? this.perMessage : more.perMessage;
        return new FaultPlan(this.delay.plus(more.delay), (this.end != null) ? this.end : more.end, loss, slower);
    }

    boolean isNone() {
        return equals(NONE);
    }

    /** Whether the connection is lost at some time. */
    boolean isLost() {
        return this.messages >= 0;
    }

    boolean isSlow() {
        return !this.perMessage.isZero();
    }

    /** Whether the call ends as if there were no server. */
    boolean isUnavailable() {
        return this.end != null && this.end.kind() == FaultEnd.Kind.UNAVAILABLE;
    }

}
