/**
 * What an application writes against. Start at {@link io.rpcspring.RpcService}.
 * <p>
 * Two types are public for the server's sake alone, {@link io.rpcspring.MessageInbox} and
 * {@link io.rpcspring.MessageOutbox}: {@link io.rpcspring.RpcStream#open} makes them,
 * too, and elsewhere they would tie this package to theirs.
 */
@NullMarked
package io.rpcspring;

import org.jspecify.annotations.NullMarked;
