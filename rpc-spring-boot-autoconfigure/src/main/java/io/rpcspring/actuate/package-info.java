/**
 * Shows the server, its calls and the channels through Spring Boot's Actuator. Start at
 * {@link io.rpcspring.actuate.RpcEndpoint}.
 */
@NullMarked
package io.rpcspring.actuate;

import org.jspecify.annotations.NullMarked;
