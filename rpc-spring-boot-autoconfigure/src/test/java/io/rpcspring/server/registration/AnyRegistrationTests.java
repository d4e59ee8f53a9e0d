package io.rpcspring.server.registration;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a registry is told of which only Spring Cloud's interfaces are known.
 */
@ExtendWith(OutputCaptureExtension.class)
class AnyRegistrationTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(BusyPlaces.class)
        .withBean(Journal.class)
        .withBean(Announcer.class);

    @Test
    void serverListensBeforeItIsRegisteredAndIsOutBeforeItDrains() {
        this.runner.run((context) -> {
            Journal journal = context.getBean(Journal.class);
            RpcServer server = context.getBean(RpcServer.class);
            String port = "gRPC_port=" + server.port();
            assertThat(journal.lines).containsExactly("register " + port);
            assertThat(journal.instance.metadata).containsEntry("gRPC_tls", "false")
                .containsEntry("gRPC_services", "places.v1.Places");
            server.stop();
            assertThat(journal.lines).containsExactly("register " + port, "OUT_OF_SERVICE");
            server.start();
            assertThat(journal.lines).endsWith("register " + "gRPC_port=" + server.port(), "UP");
        });
    }

    @Test
    void registryThatFailsKeepsNobodyFromStopping(CapturedOutput output) {
        this.runner.run((context) -> {
            context.getBean(Journal.class).fails = true;
            context.getBean(RpcServer.class).stop();
            assertThat(context.getBean(RpcServer.class).isRunning()).isFalse();
        });
        assertThat(output.getOut()).contains("The registry could not be told that 'places' takes no more gRPC calls");
    }

    @Test
    void metadataThatCannotBeChangedIsToldOf(CapturedOutput output) {
        this.runner.run((context) -> {
            context.getBean(Journal.class).instance.metadata = Map.of("zone", "a");
            context.getBean(Announcer.class).start();
            assertThat(output.getOut()).contains("The registration of 'places' takes no metadata:"
                    + " set it where this registry is configured: {gRPC_port=" + context.getBean(RpcServer.class).port()
                    + ", gRPC_services=places.v1.Places, gRPC_tls=false}");
        });
    }

    @Test
    void withoutSpringCloudNothingIsThere() {
        StarterRunner.withServerOnFreePort()
            .withBean(BusyPlaces.class)
            .withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ServerRegistration.class));
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("org.springframework.cloud.netflix"))
            .run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ServerRegistration.class));
    }

    /** Registers early, as many do. */
    static final class Announcer implements AutoServiceRegistration, SmartLifecycle {

        private final Journal journal;

        private final ApplicationEventPublisher events;

        Announcer(Journal journal, ApplicationEventPublisher events) {
            this.journal = journal;
            this.events = events;
        }

        @Override
        public void start() {
            this.events.publishEvent(new InstancePreRegisteredEvent(this, this.journal.instance));
            this.journal.register(this.journal.instance);
        }

        @Override
        public void stop() {
        }

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public int getPhase() {
            return 0;
        }

    }

    /** Writes down what it is told. */
    static final class Journal implements ServiceRegistry<Instance> {

        private final List<String> lines = new ArrayList<>();

        private final Instance instance = new Instance();

        private boolean fails;

        @Override
        public void register(@Nullable Instance registration) {
            this.lines.add("register gRPC_port=" + Objects.requireNonNull(registration).getMetadata().get("gRPC_port"));
        }

        @Override
        public void deregister(@Nullable Instance registration) {
            this.lines.add("deregister");
        }

        @Override
        public void close() {
        }

        @Override
        public void setStatus(Instance registration, String status) {
            if (this.fails) {
                throw new IllegalStateException("no way");
            }
            this.lines.add(status + "");
        }

        @Override
        @SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" }) // the
                                                                           // interface is
                                                                           // so
        public <T> T getStatus(Instance registration) {
            return (T) this.lines.toString();
        }

    }

    /** Of an application called places. */
    static final class Instance implements Registration {

        private Map<String, String> metadata = new HashMap<>();

        @Override
        public String getServiceId() {
            return "places";
        }

        @Override
        public String getInstanceId() {
            return "places-1";
        }

        @Override
        public String getHost() {
            return "localhost";
        }

        @Override
        public int getPort() {
            return 8080;
        }

        @Override
        public boolean isSecure() {
            return false;
        }

        @Override
        public URI getUri() {
            return URI.create("http://localhost:8080");
        }

        @Override
        public Map<String, String> getMetadata() {
            return this.metadata;
        }

    }

}
