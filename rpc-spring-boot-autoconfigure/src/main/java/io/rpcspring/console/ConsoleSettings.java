package io.rpcspring.console;

/**
 * Where the console is, and what one of its tabs may cost.
 *
 * @param path below the context path; begins with a slash and does not end with one
 * @param messageSize how many bytes the JSON of a message has at most, both ways
 * @param calls how many calls a tab has in flight at most
 * @param heartbeat how tabs show that their browsers are there
 */
public record ConsoleSettings(String path, int messageSize, int calls, Heartbeat heartbeat) {

    /** How many responses may be granted ahead. */
    static final int CREDITS = 1000;

    /** How many requests of a call may wait until the handler takes them. */
    static final int WAITING = 100;

    /** How many calls the board shows. */
    static final int BOARD = 500;

    /** How many tabs may be open. */
    static final int TABS = 100;

    /** What a frame has beside its message, metadata above all. */
    private static final int BESIDE = 65_536;

    /** JSON within JSON has its quotes escaped, which may double it. */
    long frameSize() {
        return 2L * this.messageSize + BESIDE;
    }

    Frame limits() {
        return Frame.nameless()
            .with("messageSize", this.messageSize)
            .with("frameSize", frameSize())
            .with("calls", this.calls)
            .with("credits", CREDITS)
            .with("waiting", WAITING)
            .with("board", BOARD);
    }

}
