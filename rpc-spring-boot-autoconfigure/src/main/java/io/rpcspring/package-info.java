/** What an application writes against. Start at {@link io.rpcspring.RpcService}. */
@NullMarked
package io.rpcspring;

import org.jspecify.annotations.NullMarked;
