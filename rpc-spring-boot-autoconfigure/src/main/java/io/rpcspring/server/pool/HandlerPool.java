package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import io.grpc.ServerCall;

/**
 * A named pool: lets calls in while it has places, and runs them on its threads.
 * <p>
 * Whether a call is let in is decided once, when it comes. Its queue takes whatever a
 * call that was let in wants to run: grpc-java answers a rejected task with a reset or
 * not at all (<a href="https://github.com/grpc/grpc-java/issues/636">grpc-java#636</a>).
 */
final class HandlerPool implements Executor {

    private final PoolSettings settings;

    private final Queue<QueuedRun> queue = new ConcurrentLinkedQueue<>();

    private final Places places = new Places();

    private final PoolFigures figures = new PoolFigures();

    private final RunLimit limit;

    private final PoolThreads threads;

    private final QueueWatch watch;

    HandlerPool(PoolSettings settings, QueueWatch watch) {
        this.settings = settings;
        this.watch = watch;
        this.limit = settings.isAdaptive() ? new AdaptiveLimit(settings.minSize(), settings.size())
                : new RunLimit.Fixed(settings.size());
        ThreadShortage shortage = new ThreadShortage(settings.name(), watch::lookAfterQueues);
        this.threads = (settings.type() == PoolSettings.Type.VIRTUAL)
                ? new VirtualThreads<>(settings.name(), this.queue, this.limit, shortage)
                : new PlatformThreads(settings.name(), this.queue, this.limit, shortage);
    }

    String name() {
        return this.settings.name();
    }

    /**
     * What runs the events of a new call: in this pool if it has a place, else just so
     * that the call is closed.
     */
    PooledCall admit(ServerCall<?, ?> call, boolean holdsThread) {
        if (isPlaceTaken()) {
            if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
                // Asked for here, on the event loop, it comes with the call's start.
                AdmissionGate.requestOne(call);
            }
            return new PooledCall(this, call, holdsThread);
        }
        this.figures.refused();
        return new PooledCall(this, call, exhausted("is full"));
    }

    private boolean isPlaceTaken() {
        long all = this.settings.places(this.limit.now());
        if (this.places.takeOneOf(all)) {
            return true;
        }
        this.places.forgetOldAbsences(System.nanoTime());
        return this.places.takeOneOf(all);
    }

    boolean isTooLong(long waitedNanos) {
        return waitedNanos > this.settings.queueTimeout().toNanos();
    }

    Dismissal tooLong() {
        return exhausted("had no thread within " + this.settings.queueTimeout().toMillis() + "ms");
    }

    private Dismissal exhausted(String what) {
        int running = this.figures.running();
        int waiting = waiting(running);
        Duration wait = this.figures.meanRun().multipliedBy(waiting).dividedBy(this.limit.now());
        return Dismissal
            .exhausted("pool '" + name() + "' " + what + " (" + running + " running, " + waiting + " waiting)", wait);
    }

    private int waiting(int running) {
        return Math.max(0, this.places.taken() - running);
    }

    /** Runs a handler whose call is not known here. */
    @Override
    public void execute(Runnable handler) {
        new PooledCall(this).execute(handler);
    }

    void enqueue(QueuedRun run) {
        this.queue.add(run);
        this.threads.wake();
        if (this.places.taken() > this.limit.now()) {
            this.watch.lookAfterQueues();
        }
    }

    /**
     * Ends what has waited too long.
     * @return whether anything waits still
     */
    boolean sweep() {
        long now = System.nanoTime();
        for (Iterator<QueuedRun> runs = this.queue.iterator(); runs.hasNext();) {
            if (runs.next().isTooLate(now)) {
                runs.remove();
            }
        }
        this.threads.wake();
        return !this.queue.isEmpty();
    }

    Places places() {
        return this.places;
    }

    PoolFigures figures() {
        return this.figures;
    }

    RunLimit limit() {
        return this.limit;
    }

    PoolStatistics statistics() {
        return this.figures.statistics(this.limit.now(), waiting(this.figures.running()));
    }

    void close(Duration patience) {
        this.threads.close(patience);
    }

}
