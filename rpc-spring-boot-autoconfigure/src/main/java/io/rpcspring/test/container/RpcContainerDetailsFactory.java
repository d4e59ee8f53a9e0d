package io.rpcspring.test.container;

import io.rpcspring.test.RpcConnectionDetails;

/**
 * Finds the server of a channel in a container that is marked
 * {@code @ServiceConnection(name = "the channel")}.
 */
final class RpcContainerDetailsFactory extends ContainerDetails<RpcContainerDetailsFactory.Nobody> {

    /**
     * No object is one. Spring Boot makes no second bean of the type that stands here,
     * and there may be a container for each channel.
     */
    interface Nobody extends RpcConnectionDetails {

    }

}
