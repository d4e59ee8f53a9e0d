package io.rpcspring.server.pool;

/**
 * How many calls of a pool run at once.
 */
interface RunLimit {

    /** The limit now, at least 1. */
    int now();

    /**
     * A unary call has ended: the limit may learn from it.
     * @param start when its handler started, in nanoseconds
     * @param nanos how long it ran
     * @param running how many ran when it started, itself included
     * @param tooSlow whether its deadline passed meanwhile
     */
    void learn(long start, long nanos, int running, boolean tooSlow);

    /**
     * A limit that stays.
     *
     * @param now how many
     */
    record Fixed(int now) implements RunLimit {

        @Override
        public void learn(long start, long nanos, int running, boolean tooSlow) {
        }

    }

}
