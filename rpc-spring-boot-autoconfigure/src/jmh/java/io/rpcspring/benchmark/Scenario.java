package io.rpcspring.benchmark;

/**
 * What the client does: this many calls of a kind at once, one after the other each.
 *
 * @param kind the kind of the calls
 * @param parallel how many run at once
 * @param pauseMs how long a handler blocks
 */
record Scenario(Kind kind, int parallel, int pauseMs) {

    static Scenario of(Kind kind, int parallel) {
        return new Scenario(kind, parallel, 0);
    }

    String name() {
        return this.kind.title + ", " + this.parallel + " at once"
                + ((this.pauseMs > 0) ? ", " + this.pauseMs + " ms each" : "");
    }

    /** What is called. */
    enum Kind {

        /** One message there, one back. */
        UNARY("unary"),

        /** The same, with five rules for the one there. */
        CHECKED("unary with five rules"),

        /** Many messages back. */
        DOWNLOAD("server streaming"),

        /** Many messages there. */
        UPLOAD("client streaming"),

        /** A message there when the last one is back. */
        PING_PONG("ping-pong");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

    }

}
