/**
 * The threads that run calls. Start at {@link io.rpcspring.server.pool.HandlerPools}.
 */
@NullMarked
package io.rpcspring.server.pool;

import org.jspecify.annotations.NullMarked;
