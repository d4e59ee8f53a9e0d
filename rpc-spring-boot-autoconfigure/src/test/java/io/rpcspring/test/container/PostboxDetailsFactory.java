package io.rpcspring.test.container;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

/**
 * Knows the containers of another library.
 */
class PostboxDetailsFactory
        extends ContainerConnectionDetailsFactory<Container<?>, PostboxDetailsFactory.PostboxDetails> {

    PostboxDetailsFactory() {
        super("postbox");
    }

    @Override
    protected PostboxDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
        return new PostboxDetails(source);
    }

    /** Where the postbox is. */
    static class PostboxDetails extends ContainerConnectionDetails<Container<?>> implements ConnectionDetails {

        PostboxDetails(ContainerConnectionSource<Container<?>> source) {
            super(source);
        }

    }

}
