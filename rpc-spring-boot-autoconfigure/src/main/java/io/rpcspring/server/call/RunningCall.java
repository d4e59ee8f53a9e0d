package io.rpcspring.server.call;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;
import io.rpcspring.server.pool.AdmittedCall;
import io.rpcspring.server.pool.HandlerPools.CallProgress;

/**
 * A call of which one can find out what it is, what runs it, and how far it is.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class RunningCall<Q, R> extends SerializedCall<Q, R> {

    /**
     * Milliseconds of this length, in nanoseconds, fit into what is left of the object.
     */
    private static final int TICK = 20;

    private final Metadata headers;

    /** When it came, in ticks. */
    private final int since = (int) (System.nanoTime() >> TICK);

    /**
     * What runs its events; null for what the application chose itself. Written before
     * the first.
     */
    private @Nullable Executor runs;

    /** What all see of it; null before anybody asked. Guarded by this for writing. */
    private volatile @Nullable RpcContext rpcContext;

    RunningCall(ServerCall<Q, R> call, Metadata headers, CallRules rules) {
        super(call, rules);
        this.headers = headers;
    }

    /** Before the first event. */
    final void runIn(@Nullable Executor executor) {
        this.runs = executor;
    }

    /** What all see of it. */
    final RpcContext rpcContext() {
        RpcContext known = this.rpcContext;
        return (known != null) ? known : newRpcContext();
    }

    private synchronized RpcContext newRpcContext() {
        RpcContext known = this.rpcContext;
        if (known == null) {
            Context previous = context().attach();
            try {
                known = new RpcContext(this, this.headers);
            }
            finally {
                context().detach(previous);
            }
            this.rpcContext = known;
        }
        return known;
    }

    /**
     * The call has reached its handler, in the current context.
     * @param call the call as interceptors pass it on
     * @param passedOn the request's metadata as they do
     * @return what can be known of it beside its messages
     */
    public final synchronized RpcContext reached(ServerCall<?, ?> call, Metadata passedOn) {
        RpcContext known = this.rpcContext;
        if (known != null) {
            known.passedOn(call, passedOn);
            return known;
        }
        RpcContext first = new RpcContext(call, passedOn);
        this.rpcContext = first;
        return first;
    }

    /**
     * What is seen of it from outside. Takes no lock.
     * @param pool the name of its pool, if it has one
     * @param drained whether its server waits for it to go
     */
    final CallReport report(@Nullable String pool, boolean drained) {
        AdmittedCall admitted = run();
        Thread thread = (admitted != null) ? admitted.thread() : null;
        CallReport.Stage stage = drained ? CallReport.Stage.DRAINED
                : (admitted != null && admitted.isWaiting()) ? CallReport.Stage.WAITING : CallReport.Stage.RUNNING;
        Object peer = delegate().getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return new CallReport(method(), age(), stage, pool, (peer != null) ? peer.toString() : null,
                (thread != null) ? thread.getName() : null);
    }

    /** Starts anew after 52 days. */
    private Duration age() {
        int ticks = (int) (System.nanoTime() >> TICK) - this.since;
        return Duration.ofMillis(Duration.ofNanos(Integer.toUnsignedLong(ticks) << TICK).toMillis());
    }

    /**
     * What runs the call's events.
     * @return null for the transport's thread
     */
    public final @Nullable AdmittedCall run() {
        return (this.runs instanceof AdmittedCall admitted) ? admitted : null;
    }

    /** Is told how far it is; null where nobody wants to know. */
    final @Nullable CallProgress progress() {
        return (this.runs instanceof CallProgress progress) ? progress : null;
    }

    /**
     * Whether code of the application runs when the whole request is in, and not before.
     * Asked by one of its events.
     * @return false if it may run at each event
     */
    public final boolean waitsForRequest() {
        CallProgress progress = progress();
        return progress != null && progress.waitsForRequest();
    }

    /** Code of the application listens to its end. Called by one of its events. */
    public final void listensToTheEnd() {
        CallProgress progress = progress();
        if (progress != null) {
            progress.notQuiet();
        }
    }

    /**
     * Whether what is left on a thread by one of its events is there for the next, and
     * for no other call, where the server has thread-locals that follow calls.
     * @return false if the application runs its events by an executor of its own
     */
    public final boolean isFollowed() {
        return this.runs != null;
    }

    /**
     * What the transport knows of its connection.
     * @return the attributes of the transport
     */
    public final Attributes connection() {
        return delegate().getAttributes();
    }

    /**
     * Whether what is left on this thread is taken off when the event ends that it runs.
     * @return false where an interceptor goes on by itself
     */
    public final boolean isFollowedHere() {
        AdmittedCall admitted = run();
        return admitted != null && admitted.isHere();
    }

}
