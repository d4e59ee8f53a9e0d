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
     * Sets another limit.
     * @param size at least 1
     * @return false if the limit finds its size by itself
     */
    default boolean isSetTo(int size) {
        return false;
    }

    /**
     * A limit that stays until another is set.
     */
    final class Fixed implements RunLimit {

        private volatile int size;

        Fixed(int size) {
            this.size = size;
        }

        @Override
        public int now() {
            return this.size;
        }

        @Override
        public boolean isSetTo(int newSize) {
            this.size = newSize;
            return true;
        }

        @Override
        public void learn(long start, long nanos, int running, boolean tooSlow) {
        }

    }

}
