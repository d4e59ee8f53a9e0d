package io.rpcspring.test.container;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.Assert;

import io.rpcspring.test.RpcConnectionDetails;

/**
 * Finds the server of a channel in a service of Docker Compose that has the label
 * {@code org.springframework.boot.service-connection: the channel}.
 */
final class RpcComposeDetailsFactory extends DockerComposeConnectionDetailsFactory<RpcConnectionDetails> {

    private static final String LABEL = "org.springframework.boot.service-connection";

    RpcComposeDetailsFactory() {
        super((source) -> labels(source).containsKey(LABEL));
    }

    private static Map<String, String> labels(DockerComposeConnectionSource source) {
        return source.getRunningService().labels();
    }

    @Override
    protected @Nullable RpcConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
        return OtherDetails.areNone(source) ? new Details(source.getRunningService()) : null;
    }

    /** Where the service listens. */
    private static final class Details extends DockerComposeConnectionDetails implements RpcConnectionDetails {

        private final RunningService service;

        Details(RunningService service) {
            super(service);
            this.service = service;
        }

        @Override
        public String channel() {
            return String.valueOf(this.service.labels().get(LABEL));
        }

        @Override
        public String target() {
            List<Integer> ports = this.service.ports().getAll("tcp");
            Assert.state(!ports.isEmpty(), () -> "The service '" + this.service.name()
                    + "' of Docker Compose is the server of the channel '" + channel() + "', but has no ports");
            return this.service.host() + ":" + ports.get(0);
        }

        @Override
        public @Nullable SslBundle sslBundle() {
            return getSslBundle(this.service);
        }

    }

}
