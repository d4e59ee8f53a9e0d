/**
 * Tells the balancers of clients how busy the server is. Start at
 * {@link io.rpcspring.server.load.LoadReports}.
 */
@NullMarked
package io.rpcspring.server.load;

import org.jspecify.annotations.NullMarked;
