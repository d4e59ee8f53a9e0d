package io.rpcspring.test.fault;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallEnd;

/**
 * Stands between an attempt and its server, and does to it what is planned.
 */
final class ProxiedAttempt extends ServerCall.Listener<byte[]> {

    private final ServerCall<byte[], byte[]> call;

    private final Metadata headers;

    private final FaultyAttempt attempt;

    private final FaultTimer timer;

    /** The way to the server, once it has begun. Guarded by this. */
    private @Nullable Passage passage;

    /** Guarded by this. */
    private boolean halfClosed;

    /** Guarded by this. */
    private boolean cancelled;

    ProxiedAttempt(ServerCall<byte[], byte[]> call, Metadata headers, FaultyAttempt attempt, FaultTimer timer) {
        this.call = call;
        this.headers = headers;
        this.attempt = attempt;
        this.timer = timer;
    }

    /** Begins, when it was held up long enough. */
    synchronized void begin() {
        FaultEnd end = this.attempt.plan().end();
        if (this.cancelled) {
            return;
        }
        if (end != null) {
            CallEnd sent = end.asSent();
            this.call.close(sent.status(), sent.trailers());
            return;
        }
        ClientCall<byte[], byte[]> server = this.attempt.server()
            .asChannel()
            .newCall(Bytes.method(this.call.getMethodDescriptor().getFullMethodName(), this.attempt.type()),
                    this.attempt.options());
        Passage begun = new Passage(this.call, server,
                new MessageCount(this.attempt.plan().messages(), this.attempt.type() == MethodType.CLIENT_STREAMING));
        this.passage = begun;
        server.start(new ProxiedResponses(this, begun, this.attempt.plan(), this.timer), this.headers);
        server.request(1);
        if (this.halfClosed) {
            server.halfClose();
        }
        this.call.request(1);
    }

    @Override
    public synchronized void onMessage(byte[] message) {
        if (this.passage != null) {
            this.passage.request(message);
        }
    }

    @Override
    public synchronized void onHalfClose() {
        this.halfClosed = true;
        if (this.passage != null) {
            this.passage.halfClose();
        }
    }

    @Override
    public synchronized void onReady() {
        if (this.passage != null) {
            this.passage.clientIsReady();
        }
    }

    @Override
    public synchronized void onCancel() {
        this.cancelled = true;
        if (this.passage != null) {
            this.passage.cancel();
        }
    }

}
