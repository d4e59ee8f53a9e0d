package io.rpcspring.test;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Says where the server of a channel is, in the place of the channel's target.
 * <p>
 * Spring Boot makes one of a container that is marked
 * {@code @ServiceConnection(name = "places")}, where {@code places} is the channel; so
 * does its support for Docker Compose. A bean of this type does the same. A channel that
 * is not configured otherwise has the settings of {@code rpc.client.defaults}.
 */
public interface RpcConnectionDetails extends ConnectionDetails {

    /**
     * Whose server it is. Asked when the application starts.
     * @return the name of the channel
     */
    String channel();

    /**
     * Where the server is. Asked when the application starts, after the container has.
     * @return what {@code rpc.client.channels.<name>.target} could be
     */
    String target();

    /**
     * What to trust and to show. It counts in the place of what is configured.
     * @return null for plain text
     */
    default @Nullable SslBundle sslBundle() {
        return null;
    }

}
