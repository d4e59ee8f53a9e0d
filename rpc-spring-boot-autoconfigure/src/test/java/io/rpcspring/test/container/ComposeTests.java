package io.rpcspring.test.container;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.test.RpcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Services of Docker Compose that are channels' servers. A server of this process plays
 * each.
 */
class ComposeTests {

    private static final String LABEL = "org.springframework.boot.service-connection";

    @Test
    void serviceWithTheChannelsNameIsItsServer() {
        try (RecordingServer server = RecordingServer.start()) {
            Service service = new Service(Map.of(LABEL, "places"), List.of(server.port(), 1));
            StarterRunner.withServerOnFreePort()
                .withBean(RpcConnectionDetails.class, () -> place(service))
                .run((context) -> assertThat(
                        PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                            .find(PlaceName.newBuilder().setName("Oslo").build())
                            .getName())
                    .isEqualTo("Oslo"));
            assertThat(server.calls).hasSize(1);
        }
    }

    @Test
    void serviceWithoutANameIsNobodys() {
        assertThat(details(new Service(Map.of(), List.of(1)))).isEmpty();
    }

    @Test
    void serviceWithoutPortsIsSaid() {
        RpcConnectionDetails details = place(new Service(Map.of(LABEL, "places"), List.of()));
        assertThatIllegalStateException().isThrownBy(details::target)
            .withMessage("The service 'places-1' of Docker Compose is the server of the channel 'places', but has no"
                    + " ports");
        assertThat(details.sslBundle()).isNull();
    }

    private static RpcConnectionDetails place(RunningService service) {
        return (RpcConnectionDetails) Objects.requireNonNull(details(service).get(RpcConnectionDetails.class));
    }

    private static Map<Class<?>, ConnectionDetails> details(RunningService service) {
        try {
            Constructor<DockerComposeConnectionSource> constructor = DockerComposeConnectionSource.class
                .getDeclaredConstructor(RunningService.class, Environment.class);
            return new ConnectionDetailsFactories(ComposeTests.class.getClassLoader())
                .getConnectionDetails(BeanUtils.instantiateClass(constructor, service, new MockEnvironment()), false);
        }
        catch (NoSuchMethodException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * What Docker Compose says of a service.
     *
     * @param labels as they stand in the file
     * @param all the ports that are mapped
     */
    private record Service(Map<String, String> labels, List<Integer> all) implements RunningService, ConnectionPorts {

        @Override
        public String name() {
            return "places-1";
        }

        @Override
        public ImageReference image() {
            return ImageReference.of("acme/places:1");
        }

        @Override
        public String host() {
            return "localhost";
        }

        @Override
        public ConnectionPorts ports() {
            return this;
        }

        @Override
        public int get(int containerPort) {
            return this.all.get(0);
        }

        @Override
        public List<Integer> getAll() {
            return this.all;
        }

        @Override
        public List<Integer> getAll(@Nullable String protocol) {
            return this.all;
        }

        @Override
        public Map<String, String> env() {
            return Map.of();
        }

    }

}
