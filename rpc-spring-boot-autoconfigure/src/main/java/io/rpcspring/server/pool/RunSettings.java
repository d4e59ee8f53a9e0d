package io.rpcspring.server.pool;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.PoolStatistics.PoolObserver;

/**
 * How all pools of a server run their calls.
 *
 * @param interruptCancelled whether a cancelled call interrupts the thread that it runs
 * on
 * @param threadLocals carries what application code leaves on a thread; null if nothing
 * can be there, which then costs nothing
 * @param afterTurn runs a task when the transport's thread has done what it is at
 * @param observer is told what happens in the pools
 */
public record RunSettings(boolean interruptCancelled, @Nullable ThreadLocals threadLocals, Executor afterTurn,
        PoolObserver observer) {
}
