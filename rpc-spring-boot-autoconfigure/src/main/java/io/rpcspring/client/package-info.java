/**
 * Shared channels and what is injected from them. Start at
 * {@link io.rpcspring.client.RpcChannels}.
 */
@NullMarked
package io.rpcspring.client;

import org.jspecify.annotations.NullMarked;
