/**
 * Exceptions to statuses, and what fits on the wire. Start at
 * {@link io.rpcspring.server.error.CallFailures}.
 */
@NullMarked
package io.rpcspring.server.error;

import org.jspecify.annotations.NullMarked;
