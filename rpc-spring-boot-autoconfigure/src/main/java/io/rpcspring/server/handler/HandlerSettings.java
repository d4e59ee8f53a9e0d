package io.rpcspring.server.handler;

import java.util.concurrent.Executor;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.pool.HandlerPools;

/**
 * What all handlers of a server share.
 *
 * @param failures maps what handlers throw
 * @param ahead how many messages are requested ahead of a receiver, at least 1
 * @param interrupt whether a cancelled call interrupts its handler
 * @param pools where a streaming handler runs whose call was started on a foreign thread
 * @param afterFlush runs a task when the transport's thread has written what is queued
 */
public record HandlerSettings(CallFailures failures, int ahead, boolean interrupt, HandlerPools pools,
        Executor afterFlush) {
}
