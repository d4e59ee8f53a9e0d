package io.rpcspring.server.pool;

import java.time.Duration;

/**
 * The threads of one pool.
 */
interface PoolThreads {

    /**
     * Takes calls from the pool's queue as far as the limit allows. Call it after adding
     * one.
     */
    void wake();

    /**
     * Ends all threads: what runs has some patience, is interrupted, and has it once
     * more. Closing twice is fine.
     * @param patience how long to wait, each time
     */
    void close(Duration patience);

}
