package io.rpcspring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.Registration;

import io.rpcspring.server.registration.ServerRegistration.Instance;

/**
 * Makes the instances of a registry that can do more than Spring Cloud's interfaces say.
 */
interface InstanceKind {

    /**
     * An instance, as it is about to be registered.
     * @return null if it is of another registry
     */
    @Nullable Instance of(Registration registration);

}
