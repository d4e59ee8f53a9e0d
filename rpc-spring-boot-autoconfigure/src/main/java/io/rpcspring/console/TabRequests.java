package io.rpcspring.console;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * Does what a page asks for, when it has said who it is.
 */
final class TabRequests {

    static final CloseStatus NO_TOKEN = new CloseStatus(4401, "The token is missing or wrong");

    private final ConsoleView view;

    private final Outbox out;

    private final @Nullable String user;

    private final TabCalls calls;

    private final TypeAnswers types;

    private volatile boolean known;

    private volatile boolean board;

    /**
     * Of a page that has not said who it is.
     * @param console does what the page wants
     * @param out leads to the page
     * @param user whom web security has let in, if it asks
     */
    TabRequests(Console console, Outbox out, @Nullable Principal user) {
        this.view = console.view();
        this.out = out;
        this.calls = new TabCalls(console, out);
        this.types = new TypeAnswers(this.view);
        this.user = (user != null) ? user.getName() : null;
    }

    void receive(String text) {
        try {
            Request request = Request.read(text);
            if (!this.known) {
                this.known = request.type().equals("hello") && this.view.token().is(request.optionalText("token"));
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
            this.out.send(this.view.hello(this.user));
        }
    }

    private void showBoard(boolean on) {
        this.board = on;
        if (on) {
            this.out.send(this.view.board().now());
        }
    }

    /** Whether the page has not said yet who it is. */
    boolean isStranger() {
        return !this.known;
    }

    /** Whether the board is to be shown. */
    boolean isWatching() {
        return this.board;
    }

    /** Nothing is shown any more, and nobody waits for calls. */
    void close() {
        this.board = false;
        this.calls.close();
    }

}
