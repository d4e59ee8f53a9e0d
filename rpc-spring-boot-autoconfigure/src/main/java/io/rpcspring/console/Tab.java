package io.rpcspring.console;

import java.security.Principal;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * One open page: does what it asks for, while its browser is there.
 */
final class Tab {

    private static final CloseStatus NO_TOKEN = new CloseStatus(4401, "The token is missing or wrong");

    private final Console console;

    private final Outbox out;

    private final @Nullable String user;

    private final TabCalls calls;

    private final TypeAnswers types;

    private final Pulse pulse;

    /** What has come of it. Used by one thread at a time. */
    private final StringBuilder frame = new StringBuilder();

    private final AtomicBoolean ticking = new AtomicBoolean();

    private volatile boolean known;

    private volatile boolean board;

    /**
     * A page that has not said who it is.
     * @param console does what the page wants
     * @param out leads to the page
     * @param user whom web security has let in, if it asks
     */
    Tab(Console console, Outbox out, @Nullable Principal user) {
        this.console = console;
        this.out = out;
        this.calls = new TabCalls(console, out);
        this.types = new TypeAnswers(console);
        this.pulse = new Pulse(console.settings().heartbeat());
        this.user = (user != null) ? user.getName() : null;
    }

    /**
     * A part of a frame has come; one after the other, as the page has sent them.
     * @return whether it is not too large
     */
    boolean receive(String part, boolean last) {
        this.pulse.hear();
        if (this.frame.length() + part.length() > this.console.settings().frameSize()) {
            return false;
        }
        this.frame.append(part);
        if (last) {
            String whole = this.frame.toString();
            this.frame.setLength(0);
            receive(whole);
        }
        return true;
    }

    private void receive(String text) {
        try {
            Request request = Request.read(text);
            if (!this.known) {
                this.known = request.type().equals("hello") && this.console.isToken(request.optionalText("token"));
                if (!this.known) {
                    this.out.close(NO_TOKEN);
                    return;
                }
            }
            answer(request);
        }
        catch (IllegalArgumentException ex) {
            this.out.send(Frame.of("error").with("text", ex.getMessage()));
        }
    }

    private void answer(Request request) {
        switch (request.type()) {
            case "hello" -> sayHello();
            case "describe" -> this.out.send(this.types.describe(request));
            case "template" -> this.out.send(this.types.template(request));
            case "check" -> this.out.send(this.types.check(request));
            case "board" -> showBoard(request.flag("on", false));
            case "start" -> this.calls.start(request);
            case "send", "halfClose", "cancel", "credit", "pause" -> this.calls.go(request);
            default -> throw new IllegalArgumentException("Nothing is called '" + request.type() + "'");
        }
    }

    void sayHello() {
        if (this.known) {
            this.out.send(this.console.hello(this.user));
        }
    }

    private void showBoard(boolean on) {
        this.board = on;
        if (on) {
            this.out.send(this.console.board().now());
        }
    }

    /** At each tick, unless the browser has not taken yet what came at the last. */
    void tick(@Nullable Frame figures) {
        if (this.ticking.compareAndSet(false, true)) {
            try {
                lookAfter();
                if (this.board && figures != null) {
                    this.out.send(figures);
                }
            }
            finally {
                this.ticking.set(false);
            }
        }
    }

    private void lookAfter() {
        if (!this.known && this.pulse.isHelloOver()) {
            this.out.close(NO_TOKEN);
        }
        else if (this.pulse.isGone()) {
            this.out.close(CloseStatus.SESSION_NOT_RELIABLE);
        }
        else if (this.pulse.asksNow()) {
            this.out.ping();
        }
    }

    boolean isWatching() {
        return this.board;
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
        this.board = false;
        this.calls.close();
    }

}
