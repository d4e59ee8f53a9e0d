package io.rpcspring;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * What a client learns of a call beside the messages: headers, status and trailers.
 */
final class ClientOutcome {

    private final String method;

    private final CountDownLatch headersCame = new CountDownLatch(1);

    /** Written once, by the transport. */
    private volatile @Nullable Metadata headers;

    /** Written by the transport. */
    private volatile boolean responded;

    /** Why this side cancelled the call, if it did. */
    private volatile @Nullable RpcErrorReason cancelled;

    /** Written once, before the status, by the transport. */
    private volatile @Nullable Metadata trailers;

    /** Written once, by the transport. */
    private volatile @Nullable Status status;

    ClientOutcome(String method) {
        this.method = method;
    }

    void headersCame(Metadata received) {
        this.headers = received;
        this.headersCame.countDown();
    }

    void responseCame() {
        this.responded = true;
    }

    boolean hasResponse() {
        return this.responded;
    }

    /** This side is about to cancel the call. */
    void cancelled(RpcErrorReason why) {
        if (this.cancelled == null) {
            this.cancelled = why;
        }
    }

    void ended(Status how, Metadata received) {
        RpcErrorReason own = (how.getCode() == Status.Code.CANCELLED) ? this.cancelled : null;
        this.trailers = (own != null) ? own.trailers(how) : received;
        this.status = how;
        this.headersCame.countDown();
    }

    boolean hasEnded() {
        return this.status != null;
    }

    Metadata awaitHeaders() throws InterruptedException {
        this.headersCame.await();
        Metadata received = this.headers;
        if (received != null) {
            return received;
        }
        if (!status().isOk()) {
            throw failure();
        }
        return new Metadata();
    }

    Status status() {
        Status ended = this.status;
        if (ended == null) {
            throw new IllegalStateException(
                    this.method + " has not ended: receive until hasNext() is false, finish or close first");
        }
        return ended;
    }

    Metadata trailers() {
        status();
        return Objects.requireNonNull(this.trailers);
    }

    StatusRuntimeException failure() {
        return status().asRuntimeException(trailers());
    }

}
