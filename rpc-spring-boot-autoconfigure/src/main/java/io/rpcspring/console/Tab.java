package io.rpcspring.console;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * One open page, while its browser is there.
 */
final class Tab {

    private final Outbox out;

    private final TabRequests requests;

    private final Pulse pulse;

    private final long frameSize;

    /** What has come of it. Used by one thread at a time. */
    private final StringBuilder frame = new StringBuilder();

    private final AtomicBoolean ticking = new AtomicBoolean();

    /**
     * A page that is opened now.
     * @param out leads to the page
     * @param requests does what the page wants
     * @param settings what the page may cost
     */
    Tab(Outbox out, TabRequests requests, ConsoleSettings settings) {
        this.out = out;
        this.requests = requests;
        this.pulse = new Pulse(settings.heartbeat());
        this.frameSize = settings.frameSize();
    }

    /**
     * A part of a frame has come; one after the other, as the page has sent them.
     * @return whether it is not too large
     */
    boolean receive(String part, boolean last) {
        this.pulse.hear();
        if (this.frame.length() + part.length() > this.frameSize) {
            return false;
        }
        this.frame.append(part);
        if (last) {
            String whole = this.frame.toString();
            this.frame.setLength(0);
            this.requests.receive(whole);
        }
        return true;
    }

    void sayHello() {
        this.requests.sayHello();
    }

    /** At each tick, unless the browser has not taken yet what came at the last. */
    void tick(@Nullable Frame figures) {
        if (this.ticking.compareAndSet(false, true)) {
            try {
                lookAfter();
                if (isWatching() && figures != null) {
                    this.out.send(figures);
                }
            }
            finally {
                this.ticking.set(false);
            }
        }
    }

    private void lookAfter() {
        if (this.requests.isStranger() && this.pulse.isHelloOver()) {
            this.out.close(TabRequests.NO_TOKEN);
        }
        else if (this.pulse.isGone()) {
            this.out.close(CloseStatus.SESSION_NOT_RELIABLE);
        }
        else if (this.pulse.asksNow()) {
            this.out.ping();
        }
    }

    /** Whether the board is to be shown. */
    boolean isWatching() {
        return this.requests.isWatching();
    }

    /** The browser has said something, be it that it is there. */
    void hear() {
        this.pulse.hear();
    }

    void end(CloseStatus why) {
        this.out.close(why);
    }

    /** The page is gone, and nobody waits for its calls. */
    void close() {
        this.requests.close();
    }

}
