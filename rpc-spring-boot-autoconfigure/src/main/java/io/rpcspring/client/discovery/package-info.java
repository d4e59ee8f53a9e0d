/**
 * Spring Cloud's service registries as directories of channels. Start at
 * {@link io.rpcspring.client.discovery.CloudDirectory}.
 */
@NullMarked
package io.rpcspring.client.discovery;

import org.jspecify.annotations.NullMarked;
