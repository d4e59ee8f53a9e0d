/**
 * Binds plain methods to gRPC methods and runs them. Start at
 * {@link io.rpcspring.server.handler.HandlerBinder}.
 */
@NullMarked
package io.rpcspring.server.handler;

import org.jspecify.annotations.NullMarked;
