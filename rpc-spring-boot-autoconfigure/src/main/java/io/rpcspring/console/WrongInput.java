package io.rpcspring.console;

/**
 * Says what is wrong with something that a person has typed, and where.
 */
final class WrongInput extends Exception {

    private final Part part;

    private final String path;

    /**
     * Something is wrong.
     * @param part of what
     * @param path where in it, such as {@code centre.latitude}; empty for all of it
     * @param text what is wrong, for people
     */
    WrongInput(Part part, String path, String text) {
        super(text, null, false, false);
        this.part = part;
        this.path = path;
    }

    Frame of(long call) {
        return Frame.of("invalid")
            .with("call", call)
            .with("at", this.part.name)
            .with("path", this.path)
            .with("text", getMessage());
    }

    Frame problem() {
        return Frame.nameless().with("path", this.path).with("text", getMessage()).with("rule", false);
    }

    /** What a call is started with, or gets later. */
    enum Part {

        /** A message. */
        JSON("json"),

        /** What the client sends before its messages. */
        METADATA("metadata"),

        /** How long the call may take. */
        DEADLINE("deadline"),

        /** What is called. */
        METHOD("method"),

        /** The number of the call, or how many there are. */
        CALL("call"),

        /** How many responses may come. */
        CREDITS("credits");

        private final String name;

        Part(String name) {
            this.name = name;
        }

    }

}
