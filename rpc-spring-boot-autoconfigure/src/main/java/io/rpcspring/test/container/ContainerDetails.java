package io.rpcspring.test.container;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;
import org.testcontainers.containers.GenericContainer;

import io.rpcspring.test.RpcConnectionDetails;

/**
 * Finds the server of a channel in a container.
 *
 * @param <D> what Spring Boot is told that the details are
 */
abstract class ContainerDetails<D extends ConnectionDetails>
        extends ContainerConnectionDetailsFactory<GenericContainer<?>, D> {

    @Override
    @SuppressWarnings("unchecked") // nobody takes them for that
    protected @Nullable D getContainerConnectionDetails(ContainerConnectionSource<GenericContainer<?>> source) {
        String channel = nameOf(source);
        // The name of an image is no channel's, nor is one of a database.
        return (channel == null || channel.contains("/") || !OtherDetails.areNone(source)) ? null
                : (D) (ConnectionDetails) new Place(source, channel);
    }

    /** Spring Boot keeps it to itself. */
    private static @Nullable String nameOf(ContainerConnectionSource<?> source) {
        Method name = ReflectionUtils.findMethod(ContainerConnectionSource.class, "getConnectionName");
        Assert.state(name != null, "This version of Spring Boot does not tell @ServiceConnection's name");
        ReflectionUtils.makeAccessible(name);
        return (String) ReflectionUtils.invokeMethod(name, source);
    }

    /** Where the container listens. */
    private static final class Place extends ContainerConnectionDetails<GenericContainer<?>>
            implements RpcConnectionDetails {

        private final String channel;

        Place(ContainerConnectionSource<GenericContainer<?>> source, String channel) {
            super(source);
            this.channel = channel;
        }

        @Override
        public String channel() {
            return this.channel;
        }

        @Override
        public String target() {
            GenericContainer<?> container = getContainer();
            return container.getHost() + ":" + container.getFirstMappedPort();
        }

        @Override
        public @Nullable SslBundle sslBundle() {
            return getSslBundle();
        }

    }

}
