package io.rpcspring.console;

import java.time.Duration;

/**
 * Notices that nobody is behind an open page any more.
 */
final class Pulse {

    private final Heartbeat heartbeat;

    private final long opened = System.nanoTime();

    private volatile long heard = System.nanoTime();

    private volatile long asked = System.nanoTime();

    /** The pulse of a page that is opened now. */
    Pulse(Heartbeat heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** The browser has said something, be it that it is there. */
    void hear() {
        this.heard = System.nanoTime();
    }

    /** Whether the time is over in which a page has to say who it is. */
    boolean isHelloOver() {
        return isOver(this.heartbeat.hello(), this.opened);
    }

    boolean isGone() {
        return isOver(this.heartbeat.gone(), this.heard);
    }

    /** Whether the browser is to be asked now, and not again for a while. */
    boolean asksNow() {
        boolean due = isOver(this.heartbeat.ping(), this.asked);
        if (due) {
            this.asked = System.nanoTime();
        }
        return due;
    }

    private static boolean isOver(Duration time, long since) {
        return System.nanoTime() - since > time.toNanos();
    }

}
