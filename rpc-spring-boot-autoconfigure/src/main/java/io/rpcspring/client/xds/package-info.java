/**
 * gRPC's own control plane protocol, xDS. Start at
 * {@link io.rpcspring.client.xds.XdsDirectory}.
 */
@NullMarked
package io.rpcspring.client.xds;

import org.jspecify.annotations.NullMarked;
