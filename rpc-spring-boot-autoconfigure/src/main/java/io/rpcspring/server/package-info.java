/**
 * The one server and the services on it. Start at {@link io.rpcspring.server.RpcServer}.
 */
@NullMarked
package io.rpcspring.server;

import org.jspecify.annotations.NullMarked;
