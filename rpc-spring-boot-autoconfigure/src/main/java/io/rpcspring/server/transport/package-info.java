/**
 * Where the server listens and what it lets in. Start at
 * {@link io.rpcspring.server.transport.Doors}.
 */
@NullMarked
package io.rpcspring.server.transport;

import org.jspecify.annotations.NullMarked;
