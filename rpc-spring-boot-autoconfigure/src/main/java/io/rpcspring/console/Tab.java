package io.rpcspring.console;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import com.google.protobuf.Descriptors.Descriptor;
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

    private final long opened = System.nanoTime();

    /** What has come of it. Used by one thread at a time. */
    private final StringBuilder frame = new StringBuilder();

    private final AtomicBoolean ticking = new AtomicBoolean();

    private volatile boolean known;

    private volatile boolean board;

    private volatile long heard = System.nanoTime();

    private volatile long pinged = System.nanoTime();

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
        this.user = (user != null) ? user.getName() : null;
    }

    /**
     * A part of a frame has come; one after the other, as the page has sent them.
     * @return whether it is not too large
     */
    boolean receive(String part, boolean last) {
        hear();
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
            case "describe" -> describe(request);
            case "template" -> template(request);
            case "check" -> check(request);
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

    private void describe(Request request) {
        Types types = this.console.catalogue().types();
        List<String> names = request.texts("types");
        this.out.send(this.console.schema()
            .describe(names.contains("*") ? types.all() : names.stream().map((name) -> type(types, name)).toList()));
    }

    private static Descriptor type(Types types, String name) {
        Descriptor type = types.find(name);
        if (type == null) {
            throw new IllegalArgumentException("No message type is called '" + name + "'");
        }
        return type;
    }

    private void template(Request request) {
        String name = request.text("message");
        this.out.send(Frame.of("template")
            .with("message", name)
            .with("json", Template.of(type(this.console.catalogue().types(), name))));
    }

    private void check(Request request) {
        Catalogue catalogue = this.console.catalogue();
        this.out.send(new Check(catalogue.messages(), this.console.schema().rules())
            .of(request.text("json"), type(catalogue.types(), request.text("message")))
            .with("id", request.number("id")));
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
        Heartbeat heartbeat = this.console.settings().heartbeat();
        if (!this.known && isOver(heartbeat.hello(), this.opened)) {
            this.out.close(NO_TOKEN);
        }
        else if (isOver(heartbeat.gone(), this.heard)) {
            this.out.close(CloseStatus.SESSION_NOT_RELIABLE);
        }
        else if (isOver(heartbeat.ping(), this.pinged)) {
            this.pinged = System.nanoTime();
            this.out.ping();
        }
    }

    private static boolean isOver(Duration time, long since) {
        return System.nanoTime() - since > time.toNanos();
    }

    boolean isWatching() {
        return this.board;
    }

    /** The browser has said something, be it that it is there. */
    void hear() {
        this.heard = System.nanoTime();
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
