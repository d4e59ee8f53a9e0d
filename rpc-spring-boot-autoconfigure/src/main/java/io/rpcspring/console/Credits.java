package io.rpcspring.console;

import io.grpc.ClientCall;

/**
 * Lets as many responses come as a tab has granted, one after the other: a handler whose
 * responses nobody takes waits.
 */
final class Credits {

    private final ClientCall<?, ?> call;

    /** Guarded by this. */
    private int left;

    /** Whether one is under way. Guarded by this. */
    private boolean asked;

    Credits(ClientCall<?, ?> call) {
        this.call = call;
    }

    /** More than the most is cut to it. */
    synchronized void grant(long messages) {
        this.left = (int) Math.min(this.left + messages, ConsoleSettings.CREDITS);
        ask();
    }

    /** What is not used yet is taken back. */
    synchronized void takeBack() {
        this.left = 0;
    }

    /** The one that was under way has gone to the tab. */
    synchronized void used() {
        this.asked = false;
        ask();
    }

    private void ask() {
        if (!this.asked && this.left > 0) {
            this.left--;
            this.asked = true;
            this.call.request(1);
        }
    }

}
