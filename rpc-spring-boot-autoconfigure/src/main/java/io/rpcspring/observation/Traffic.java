package io.rpcspring.observation;

/**
 * Counts what one call, or one attempt, sends and receives.
 * <p>
 * One thread at a time sends, and one receives, so nothing is guarded; what is read at
 * the end may lack what a thread sends at that moment, in vain.
 */
final class Traffic {

    private final MethodMeters meters;

    private long bytesSent;

    private long bytesReceived;

    Traffic(MethodMeters meters) {
        this.meters = meters;
    }

    MethodMeters meters() {
        return this.meters;
    }

    void sentMessage() {
        this.meters.sentMessage();
    }

    void receivedMessage() {
        this.meters.receivedMessage();
    }

    void sent(long bytes) {
        this.bytesSent += bytes;
    }

    void received(long bytes) {
        this.bytesReceived += bytes;
    }

    void ended() {
        this.meters.transferred((double) this.bytesSent, (double) this.bytesReceived);
    }

}
