/**
 * What every call passes between the transport and the application's interceptors. Start
 * at {@link io.rpcspring.server.call.CallChain}.
 */
@NullMarked
package io.rpcspring.server.call;

import org.jspecify.annotations.NullMarked;
