package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.HandlerPools.PooledCall;
import io.rpcspring.server.pool.PoolStatistics.PoolObserver;
import io.rpcspring.server.pool.PoolStatistics.Refusal;

/**
 * A named pool: lets calls in while it has places, and runs them on its threads.
 * <p>
 * Whether a call is let in is decided once, when it comes; from then on it is run.
 */
final class HandlerPool {

    private final PoolSettings settings;

    private final Places places = new Places();

    private final Absences absences = new Absences();

    private final RunSettings runs;

    private final PoolFigures figures = new PoolFigures();

    private final RunLimit limit;

    private final PoolQueue queue;

    private final QueueWatch watch;

    private final Saturation saturation;

    HandlerPool(PoolSettings settings, RunSettings runs, QueueWatch watch) {
        this.settings = settings;
        this.runs = runs;
        this.watch = watch;
        this.limit = settings.isAdaptive() ? new AdaptiveLimit(settings.minSize(), settings.size())
                : new RunLimit.Fixed(settings.size());
        this.saturation = new Saturation(this);
        ThreadShortage shortage = new ThreadShortage(settings.name(), watch::lookAfterQueues);
        this.queue = new PoolQueue(settings, this.limit, shortage, runs.afterTurn());
    }

    String name() {
        return this.settings.name();
    }

    /** Called before the first call comes. */
    void reportTo(PoolObserver observer) {
        this.figures.reportTo(observer.poolStarts(name(), this::statistics));
    }

    /**
     * Lets a call in if there is a place for it.
     * @param call asked for its one request at once, if it has just one: so it comes with
     * the call's start
     * @return null if the call was refused, and closed
     */
    @Nullable AdmittedCall admit(PooledCall call) {
        int running = this.limit.now();
        if (this.places.takeOneOf(this.settings.places(running))) {
            HandlerPools.requestOne(call);
            return new AdmittedCall(this, call);
        }
        boolean learned = this.settings.isAdaptive() && running < this.settings.size();
        this.figures.refused(learned ? Refusal.ADAPTIVE : Refusal.FULL);
        if (this.saturation.isDue(System.nanoTime())) {
            this.watch.lookAfterQueues();
        }
        call.refuse(exhausted(Dismissal.Reason.FULL, "is full"));
        return null;
    }

    boolean isTooLong(long waitedNanos) {
        return waitedNanos > this.settings.queueTimeout().toNanos();
    }

    Dismissal tooLong() {
        return exhausted(Dismissal.Reason.QUEUE_TIMEOUT,
                "had no thread within " + this.settings.queueTimeout().toMillis() + "ms");
    }

    private Dismissal exhausted(Dismissal.Reason reason, String what) {
        int running = this.figures.running();
        int waiting = waiting(running);
        Duration wait = this.figures.meanRun().multipliedBy(waiting).dividedBy(this.limit.now());
        return Dismissal.exhausted(reason,
                "pool '" + name() + "' " + what + " (" + running + " running, " + waiting + " waiting)", wait);
    }

    private int waiting(int running) {
        return Math.max(0, this.places.taken() - running);
    }

    /** Runs a handler whose call was started elsewhere. */
    ForeignHandler execute(Runnable handler) {
        ForeignHandler run = new ForeignHandler(this, handler);
        this.places.take();
        run.waitFrom(System.nanoTime());
        enqueueNow(run);
        return run;
    }

    private void enqueueNow(PooledRun run) {
        add(run);
        this.queue.threads().wake();
    }

    /** Enqueues what the transport brings. */
    void enqueue(PooledRun run) {
        add(run);
        this.queue.wakeAfterTurn();
    }

    private void add(PooledRun run) {
        this.queue.add(run);
        if (this.places.taken() > this.limit.now()) {
            this.watch.lookAfterQueues();
        }
    }

    /**
     * Enqueues a call that goes on, when the transport has done what it is at: it says
     * that it can take more before it has written all that it can, and reads several
     * messages at once, which one hop then brings.
     */
    void enqueueNext(PooledRun run) {
        this.runs.afterTurn().execute(() -> enqueueNow(run));
    }

    /** A call waits for its request, on no thread. */
    void absent(WaitingCall call) {
        this.absences.add(call);
        this.watch.lookAfterQueues();
    }

    /**
     * Lets another number of calls run at once.
     * @param size how many, at least 1
     * @return false if the pool finds its size by itself
     */
    boolean isResizedTo(int size) {
        boolean set = this.limit.isSetTo(size);
        this.queue.threads().wake();
        return set;
    }

    /**
     * Ends what has waited too long, and says so if there is too much to do.
     * @param calls all calls that are known, of whatever pool
     * @return whether anything waits still
     */
    boolean sweep(Supplier<Stream<AdmittedCall>> calls) {
        long now = System.nanoTime();
        this.queue.expire(now);
        boolean anyAbsent = this.absences.expire(now);
        this.saturation.look(now, this.queue.first(), calls);
        this.queue.threads().wake();
        return anyAbsent || this.queue.first() != null;
    }

    boolean interrupts() {
        return this.runs.interruptCancelled();
    }

    @Nullable ThreadLocals threadLocals() {
        return this.runs.threadLocals();
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
        // Read once: a call that ends meanwhile would hide one that waits.
        int running = this.figures.running();
        return this.figures.statistics(this.limit.now(), running, waiting(running));
    }

    void close(Duration patience) {
        this.queue.threads().close(patience);
    }

}
