/**
 * Tells clients and load balancers whether the server can take calls. Start at
 * {@link io.rpcspring.server.health.HealthService}.
 */
@NullMarked
package io.rpcspring.server.health;

import org.jspecify.annotations.NullMarked;
