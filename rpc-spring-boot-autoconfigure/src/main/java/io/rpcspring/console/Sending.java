package io.rpcspring.console;

import java.util.ArrayDeque;
import java.util.Queue;

import com.google.protobuf.DynamicMessage;
import io.grpc.ClientCall;

/**
 * Sends the requests of a call, as fast as its handler takes them.
 */
final class Sending {

    private final ClientCall<DynamicMessage, ?> call;

    private final Told told;

    /** Guarded by this. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    /** Whether nothing comes after what waits. Guarded by this. */
    private boolean last;

    /** Guarded by this. */
    private boolean over;

    /** Guarded by this. */
    private long bytes;

    /** Guarded by this. */
    private int messages;

    Sending(ClientCall<DynamicMessage, ?> call, Told told) {
        this.call = call;
        this.told = told;
    }

    /** The one request of a call that has no more. */
    synchronized void sendOnly(DynamicMessage message) {
        this.waiting.add(new Waiting(1, message));
        this.last = true;
        send(this.waiting.remove());
        halfCloseAfterLast();
    }

    /**
     * Sends a message, now or when the handler takes it.
     * @param sequence how the tab calls it
     * @throws WrongInput if none may come, or too many wait
     */
    synchronized void send(long sequence, DynamicMessage message) throws WrongInput {
        if (this.last || this.over) {
            throw new WrongInput(WrongInput.Part.CALL, "", "The call is half-closed: no message can follow");
        }
        if (this.waiting.size() >= ConsoleSettings.WAITING) {
            throw new WrongInput(WrongInput.Part.CALL, "",
                    ConsoleSettings.WAITING + " messages wait already, because the handler does not take them");
        }
        this.waiting.add(new Waiting(sequence, message));
        sendReady();
    }

    synchronized void halfClose() {
        if (!this.last) {
            this.last = true;
            halfCloseAfterLast();
        }
    }

    /** The call takes more. */
    synchronized void sendReady() {
        while (!this.over && !this.waiting.isEmpty() && this.call.isReady()) {
            send(this.waiting.remove());
        }
        halfCloseAfterLast();
    }

    private void send(Waiting next) {
        try {
            this.call.sendMessage(next.message());
        }
        catch (IllegalStateException ex) {
            // It was cancelled, and says so when it ends.
            this.over = true;
            return;
        }
        int size = next.message().getSerializedSize();
        this.bytes += size;
        this.messages++;
        this.told.sent(next.sequence(), size);
    }

    private void halfCloseAfterLast() {
        if (this.last && !this.over && this.waiting.isEmpty()) {
            this.over = true;
            try {
                this.call.halfClose();
                this.told.halfClosed();
            }
            catch (IllegalStateException ex) {
                // The same.
            }
        }
    }

    /** The call has ended: what waits stays. */
    synchronized void end() {
        this.over = true;
        this.waiting.clear();
    }

    synchronized long bytes() {
        return this.bytes;
    }

    synchronized int messages() {
        return this.messages;
    }

    /**
     * A message that the handler does not take yet.
     *
     * @param sequence how the tab calls it
     * @param message what is to be sent
     */
    private record Waiting(long sequence, DynamicMessage message) {
    }

    /**
     * Is told what has left.
     */
    interface Told {

        /** A message has. */
        void sent(long sequence, int bytes);

        /** Nothing follows. */
        void halfClosed();

    }

}
