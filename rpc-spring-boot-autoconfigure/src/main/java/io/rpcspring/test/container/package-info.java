/**
 * Finds a channel's server in a container. Start at
 * {@link io.rpcspring.test.RpcConnectionDetails}.
 */
@NullMarked
package io.rpcspring.test.container;

import org.jspecify.annotations.NullMarked;
