package io.rpcspring.server.handler;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.ThreadLocals;

/**
 * What all handlers of a server share.
 *
 * @param failures maps what handlers throw
 * @param ahead how many messages are requested ahead of a receiver, at least 1
 * @param pools where a streaming handler runs whose call is not known
 * @param afterFlush runs a task when the transport's thread has written what is queued
 * @param threadLocals carries what is on a handler's thread to what comes later; null if
 * nothing can be there
 */
public record HandlerSettings(CallFailures failures, int ahead, HandlerPools pools, Executor afterFlush,
        @Nullable ThreadLocals threadLocals) {
}
