package io.rpcspring.propagation;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.ThreadLocals;

/**
 * Several kinds of thread-locals that follow the same calls.
 *
 * @param all each with what is its own
 */
public record JoinedThreadLocals(List<ThreadLocals> all) implements ThreadLocals {

    /**
     * Joins what there is.
     * @param all none, one or several
     * @return null if there is none
     */
    public static @Nullable ThreadLocals of(List<ThreadLocals> all) {
        return all.isEmpty() ? null : (all.size() == 1) ? all.get(0) : new JoinedThreadLocals(all);
    }

    @Override
    public @Nullable Object take() {
        return taken(ThreadLocals::take);
    }

    @Override
    public void clear() {
        this.all.forEach(ThreadLocals::clear);
    }

    @Override
    public @Nullable Object copy() {
        return taken(ThreadLocals::copy);
    }

    private @Nullable Object taken(Taking taking) {
        @Nullable Object[] taken = null;
        for (int i = 0; i < this.all.size(); i++) {
            Object one = taking.from(this.all.get(i));
            if (one != null) {
                taken = (taken != null) ? taken : new @Nullable Object[this.all.size()];
                taken[i] = one;
            }
        }
        return taken;
    }

    @Override
    public void put(Object taken) {
        @Nullable Object[] each = (@Nullable Object[]) taken;
        for (int i = 0; i < each.length; i++) {
            Object one = each[i];
            if (one != null) {
                this.all.get(i).put(one);
            }
        }
    }

    /** Takes or copies. */
    private interface Taking {

        @Nullable Object from(ThreadLocals threadLocals);

    }

}
