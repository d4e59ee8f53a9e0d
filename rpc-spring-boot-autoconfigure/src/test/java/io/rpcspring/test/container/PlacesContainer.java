package io.rpcspring.test.container;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

import io.rpcspring.fixture.RecordingServer;

/**
 * Does what a container does, with a server of this process: no engine is needed.
 */
class PlacesContainer extends GenericContainer<PlacesContainer> {

    private @Nullable RecordingServer server;

    PlacesContainer() {
        super(DockerImageName.parse("acme/places:1"));
    }

    @Override
    public void start() {
        if (this.server == null) {
            this.server = RecordingServer.start();
        }
    }

    @Override
    public void stop() {
        if (this.server != null) {
            this.server.close();
        }
    }

    /** How long the last call had. */
    Duration lastDeadline() {
        return (this.server != null) ? this.server.lastCall().remaining() : Duration.ZERO;
    }

    @Override
    public boolean isRunning() {
        return this.server != null;
    }

    @Override
    public String getDockerImageName() {
        return "acme/places:1";
    }

    @Override
    public String getHost() {
        return "localhost";
    }

    @Override
    public List<Integer> getExposedPorts() {
        return List.of(9090, 8080);
    }

    @Override
    public Integer getMappedPort(int port) {
        if (this.server == null || port != 9090) {
            throw new IllegalStateException("Port " + port + " is not mapped");
        }
        return this.server.port();
    }

}
