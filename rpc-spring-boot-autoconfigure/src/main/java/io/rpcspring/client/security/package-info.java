/**
 * Tokens that channels give to their calls. Start at
 * {@link io.rpcspring.client.security.RegisteredTokens}.
 */
@NullMarked
package io.rpcspring.client.security;

import org.jspecify.annotations.NullMarked;
