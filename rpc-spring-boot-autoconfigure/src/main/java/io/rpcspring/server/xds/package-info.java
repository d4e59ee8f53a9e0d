/**
 * Serves as an xDS control plane says. Start at
 * {@link io.rpcspring.server.xds.ControlPlane}.
 */
@NullMarked
package io.rpcspring.server.xds;

import org.jspecify.annotations.NullMarked;
