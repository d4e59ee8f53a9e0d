/**
 * Tells Spring Cloud's registry where the server is and whether it takes calls. Start at
 * {@link io.rpcspring.server.registration.ServerRegistration}.
 */
@NullMarked
package io.rpcspring.server.registration;

import org.jspecify.annotations.NullMarked;
