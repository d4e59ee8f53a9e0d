/**
 * Shows what happens: meters of calls, pools, channels and connections. Start at
 * {@link io.rpcspring.observation.ServerCallMeters}.
 */
@NullMarked
package io.rpcspring.observation;

import org.jspecify.annotations.NullMarked;
