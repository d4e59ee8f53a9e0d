package io.rpcspring.test.fault;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallEnd;

/**
 * Stands between an attempt and its server, and does to it what is planned.
 * <p>
 * Each side is asked for the next message when the other can take it, so that who is slow
 * slows down the other.
 */
final class ProxiedAttempt extends ServerCall.Listener<byte[]> {

    private final ServerCall<byte[], byte[]> call;

    private final Metadata headers;

    private final FaultyAttempt attempt;

    private final FaultTimer timer;

    private final MessageCount count;

    /** The call to the server, once it has begun. Guarded by this. */
    private @Nullable ClientCall<byte[], byte[]> server;

    /** Guarded by this. */
    private boolean halfClosed;

    /** Guarded by this. */
    private boolean ended;

    /**
     * Whether the next request is asked for when the server is ready. Guarded by this.
     */
    private boolean requestWaits;

    /**
     * Whether the next response is asked for when the client is ready. Guarded by this.
     */
    private boolean responseWaits;

    ProxiedAttempt(ServerCall<byte[], byte[]> call, Metadata headers, FaultyAttempt attempt, FaultTimer timer) {
        this.call = call;
        this.headers = headers;
        this.attempt = attempt;
        this.timer = timer;
        this.count = new MessageCount(attempt.plan().messages(), attempt.type() == MethodType.CLIENT_STREAMING);
    }

    /** Begins, when it was held up long enough. */
    synchronized void begin() {
        FaultEnd end = this.attempt.plan().end();
        if (this.ended) {
            return;
        }
        if (end != null) {
            end(end.asSent());
            return;
        }
        ClientCall<byte[], byte[]> next = this.attempt.server()
            .asChannel()
            .newCall(Bytes.method(this.call.getMethodDescriptor().getFullMethodName(), this.attempt.type()),
                    this.attempt.options());
        this.server = next;
        next.start(new Responses(), this.headers);
        next.request(1);
        if (this.halfClosed) {
            next.halfClose();
        }
        this.call.request(1);
    }

    @Override
    public synchronized void onMessage(byte[] message) {
        ClientCall<byte[], byte[]> to = this.server;
        if (to == null || this.ended) {
            return;
        }
        if (this.count.isRequestLost()) {
            lose();
            return;
        }
        to.sendMessage(message);
        if (this.count.isLastRequest()) {
            lose();
        }
        else {
            this.requestWaits = true;
            requestIfReady();
        }
    }

    @Override
    public synchronized void onHalfClose() {
        this.halfClosed = true;
        if (this.server != null && !this.ended) {
            this.server.halfClose();
        }
    }

    @Override
    public synchronized void onReady() {
        responseIfReady();
    }

    @Override
    public synchronized void onCancel() {
        this.ended = true;
        if (this.server != null) {
            this.server.cancel("The client has cancelled the call", null);
        }
    }

    private void requestIfReady() {
        if (this.requestWaits && this.server != null && this.server.isReady()) {
            this.requestWaits = false;
            this.call.request(1);
        }
    }

    private void responseIfReady() {
        if (this.responseWaits && this.server != null && this.call.isReady()) {
            this.responseWaits = false;
            this.server.request(1);
        }
    }

    private synchronized void nextResponse() {
        this.responseWaits = true;
        responseIfReady();
    }

    private void lose() {
        end(FaultEnd.lost());
        if (this.server != null) {
            this.server.cancel("The connection is lost" + FaultEnd.MARK, null);
        }
    }

    private void end(CallEnd end) {
        this.ended = true;
        this.call.close(end.status(), end.trailers());
    }

    private void respond(byte[] message) {
        this.call.sendMessage(message);
        if (this.count.isLastResponse()) {
            lose();
        }
        else if (this.attempt.plan().isSlow()) {
            this.timer.runAfter(this.attempt.plan().perMessage(), this::nextResponse);
        }
        else {
            nextResponse();
        }
    }

    /** What the server answers. */
    private final class Responses extends ClientCall.Listener<byte[]> {

        @Override
        public void onHeaders(Metadata headers) {
            synchronized (ProxiedAttempt.this) {
                if (!isLost()) {
                    ProxiedAttempt.this.call.sendHeaders(headers);
                }
            }
        }

        @Override
        public void onMessage(byte[] message) {
            synchronized (ProxiedAttempt.this) {
                if (!ProxiedAttempt.this.ended) {
                    respond(message);
                }
            }
        }

        @Override
        public void onReady() {
            synchronized (ProxiedAttempt.this) {
                requestIfReady();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            synchronized (ProxiedAttempt.this) {
                if (!isLost()) {
                    end(new CallEnd(status, trailers));
                }
            }
        }

        private boolean isLost() {
            if (!ProxiedAttempt.this.ended && ProxiedAttempt.this.count.isResponseLost()) {
                lose();
            }
            return ProxiedAttempt.this.ended;
        }

    }

}
