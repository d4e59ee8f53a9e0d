package io.rpcspring.test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

import io.grpc.TlsServerCredentials;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beans that say where a channel's server is.
 */
class RpcConnectionDetailsTests {

    private static final PlaceName OSLO = PlaceName.newBuilder().setName("Oslo").build();

    @TempDir
    private static Path folder;

    private static RecordingServer server;

    @BeforeAll
    static void start() {
        server = RecordingServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void detailsTakeThePlaceOfTargetAndTls() {
        runner(details("places"), details("My_Places"))
            .withPropertyValues("rpc.client.channels.places.targets=a:1,b:2",
                    "rpc.client.channels.places.ssl.bundle=production", "rpc.client.channels.other.target=localhost:1")
            .run((context) -> {
                RpcChannels channels = context.getBean(RpcChannels.class);
                assertThat(channels.names()).isEqualTo(Set.of("My_Places", "other", "places"));
                for (String channel : new String[] { "places", "My_Places" }) {
                    assertThat(PlacesGrpc.newBlockingStub(channels.get(channel)).find(OSLO).getName())
                        .isEqualTo("Oslo");
                }
            });
    }

    @Test
    void detailsBringTheirOwnTls() throws IOException {
        Certificates certificates = Certificates.of("places", folder);
        try (RecordingServer secure = RecordingServer.start(TlsServerCredentials
            .create(stream(certificates.certificatePem()), stream(certificates.privateKeyPem())))) {
            runner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                .withUserConfiguration(SecureDetails.class)
                .withPropertyValues(certificates.bundle("test", certificates))
                .withPropertyValues("test.target=localhost:" + secure.port())
                .run((context) -> assertThat(
                        PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                            .find(OSLO)
                            .getName())
                    .isEqualTo("Oslo"));
            assertThat(secure.lastCall().session()).isNotNull();
        }
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void twoPlacesForOneChannelAreRefused() {
        runner(details("places"), details("places")).run((context) -> assertThat(context).hasFailed()
            .getFailure()
            .rootCause()
            .isInstanceOf(RpcConfigurationException.class)
            .hasMessage("Two RpcConnectionDetails are for the channel 'places': localhost:%1$d and localhost:%1$d."
                .formatted(server.port())
                    + " Leave one of them, or give one another channel, as in @ServiceConnection(name = \"...\") on"
                    + " its container."));
    }

    @Test
    void detailsNeedNoLibraryOfTests() {
        runner(details("places"))
            .withClassLoader(new FilteredClassLoader("org.junit", "org.springframework.test", "org.testcontainers",
                    "org.springframework.boot.testcontainers", "org.springframework.boot.docker"))
            .run((context) -> assertThat(
                    PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places")).find(OSLO).getName())
                .isEqualTo("Oslo"));
    }

    private static ApplicationContextRunner runner(RpcConnectionDetails... details) {
        ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();
        for (int i = 0; i < details.length; i++) {
            RpcConnectionDetails one = details[i];
            runner = runner.withBean("details" + i, RpcConnectionDetails.class, () -> one);
        }
        return runner;
    }

    private static RpcConnectionDetails details(String channel) {
        return new Details(channel, "localhost:" + server.port(), null);
    }

    /**
     * Where a server is.
     *
     * @param channel whose server it is
     * @param target where it is
     * @param sslBundle what to trust
     */
    private record Details(String channel, String target,
            @Nullable SslBundle sslBundle) implements RpcConnectionDetails {
    }

    /** Takes a bundle of the application. */
    @Configuration(proxyBeanMethods = false)
    static class SecureDetails {

        @Bean
        RpcConnectionDetails details(SslBundles bundles, @Value("${test.target}") String target) {
            return new Details("places", target, bundles.getBundle("test"));
        }

    }

}
