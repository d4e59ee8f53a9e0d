package io.rpcspring.test.fault;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;

import io.rpcspring.server.error.CallEnd;

/**
 * Passes on what client and server send each other, until their connection is lost.
 * <p>
 * Each side is asked for the next message when the other can take it, so that who is slow
 * slows down the other. Used by one thread at a time.
 */
final class Passage {

    private final ServerCall<byte[], byte[]> client;

    private final ClientCall<byte[], byte[]> server;

    private final MessageCount count;

    private boolean ended;

    /** Whether the next request is asked for when the server is ready. */
    private boolean requestWaits;

    /** Whether the next response is asked for when the client is ready. */
    private boolean responseWaits;

    Passage(ServerCall<byte[], byte[]> client, ClientCall<byte[], byte[]> server, MessageCount count) {
        this.client = client;
        this.server = server;
        this.count = count;
    }

    void request(byte[] message) {
        if (isLost(this.count.isRequestLost())) {
            return;
        }
        this.server.sendMessage(message);
        if (this.count.isLastRequest()) {
            lose();
        }
        else {
            this.requestWaits = true;
            serverIsReady();
        }
    }

    void serverIsReady() {
        if (this.requestWaits && this.server.isReady()) {
            this.requestWaits = false;
            this.client.request(1);
        }
    }

    void halfClose() {
        if (!this.ended) {
            this.server.halfClose();
        }
    }

    void cancel() {
        this.ended = true;
        this.server.cancel("The client has cancelled the call", null);
    }

    void headers(Metadata headers) {
        if (!isLost(this.count.isResponseLost())) {
            this.client.sendHeaders(headers);
        }
    }

    /**
     * Passes on a response.
     * @return whether another one may come
     */
    boolean response(byte[] message) {
        if (this.ended) {
            return false;
        }
        this.client.sendMessage(message);
        if (this.count.isLastResponse()) {
            lose();
        }
        return !this.ended;
    }

    void nextResponse() {
        this.responseWaits = true;
        clientIsReady();
    }

    void clientIsReady() {
        if (this.responseWaits && this.client.isReady()) {
            this.responseWaits = false;
            this.server.request(1);
        }
    }

    void close(CallEnd end) {
        if (!isLost(this.count.isResponseLost())) {
            end(end);
        }
    }

    private boolean isLost(boolean now) {
        if (!this.ended && now) {
            lose();
        }
        return this.ended;
    }

    private void lose() {
        end(FaultEnd.lost());
        this.server.cancel("The connection is lost" + FaultEnd.MARK, null);
    }

    private void end(CallEnd end) {
        this.ended = true;
        this.client.close(end.status(), end.trailers());
    }

}
