package io.rpcspring.server.pool;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The place that one call has in its pool.
 */
final class Place {

    private static final Object ADMISSION = new Object();

    private final Places places;

    /**
     * Who holds it: the admission, the run that is queued or running, or the absence of a
     * call whose request has not come. Null if the call has none.
     */
    private final AtomicReference<@Nullable Object> holder;

    Place(Places places, boolean admitted) {
        this.places = places;
        this.holder = new AtomicReference<>(admitted ? ADMISSION : null);
    }

    /** A run needs the place, which may come before the run before it has left. */
    void take(QueuedRun run) {
        Object before = this.holder.getAndSet(run);
        if (before instanceof Places.Absence absence) {
            this.places.comeBack(absence);
        }
        else if (before != ADMISSION) {
            this.places.take();
        }
    }

    /**
     * A run has ended.
     * @param run the run
     * @param comesBack whether the call's request has not come yet
     * @param nanoTime the time
     */
    void leave(QueuedRun run, boolean comesBack, long nanoTime) {
        if (comesBack) {
            Places.Absence absence = this.places.leave(nanoTime);
            if (this.holder.compareAndSet(run, absence)) {
                return;
            }
            this.places.comeBack(absence);
        }
        else {
            this.holder.compareAndSet(run, null);
        }
        this.places.giveBack();
    }

    /** The call has ended: it does not come back if it is absent. */
    void leaveForGood() {
        if (this.holder.get() instanceof Places.Absence absence && this.holder.compareAndSet(absence, null)) {
            this.places.comeBack(absence);
            this.places.giveBack();
        }
    }

}
