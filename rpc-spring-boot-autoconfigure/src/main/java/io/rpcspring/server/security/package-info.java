/**
 * Finds out who calls, and whether he may. Start at
 * {@link io.rpcspring.server.security.CallSecurity}.
 */
@NullMarked
package io.rpcspring.server.security;

import org.jspecify.annotations.NullMarked;
