package io.rpcspring.test.fault;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.server.error.CallEnd;

/**
 * Passes on what a server answers, as slowly as is planned.
 */
final class ProxiedResponses extends ClientCall.Listener<byte[]> {

    /** Guards the passage, which the client uses, too. */
    private final ProxiedAttempt lock;

    private final Passage passage;

    private final FaultPlan plan;

    private final FaultTimer timer;

    ProxiedResponses(ProxiedAttempt lock, Passage passage, FaultPlan plan, FaultTimer timer) {
        this.lock = lock;
        this.passage = passage;
        this.plan = plan;
        this.timer = timer;
    }

    @Override
    public void onHeaders(Metadata headers) {
        synchronized (this.lock) {
            this.passage.headers(headers);
        }
    }

    @Override
    public void onMessage(byte[] message) {
        synchronized (this.lock) {
            boolean goesOn = this.passage.response(message);
            if (goesOn && this.plan.isSlow()) {
                this.timer.runAfter(this.plan.perMessage(), this::nextMessage);
            }
            else if (goesOn) {
                this.passage.nextResponse();
            }
        }
    }

    private void nextMessage() {
        synchronized (this.lock) {
            this.passage.nextResponse();
        }
    }

    @Override
    public void onReady() {
        synchronized (this.lock) {
            this.passage.serverIsReady();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        synchronized (this.lock) {
            this.passage.close(new CallEnd(status, trailers));
        }
    }

}
