package io.rpcspring.client.security;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerJwtAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcError;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.ClockFixture;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RsaKeys;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The configuration of the sample's profile {@code secured} does what it says: one
 * application that issues tokens, asks for them and lives by them.
 */
class SecuredSampleTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static @Nullable ConfigurableApplicationContext sample;

    @BeforeAll
    static void start() throws IOException {
        sample = new SpringApplicationBuilder(Sample.class, StarterRunner.CONFIGURATION).web(WebApplicationType.SERVLET)
            .logStartupInfo(false)
            .run("--spring.config.location=file:../sample-app/src/main/resources/", "--spring.profiles.active=secured",
                    "--server.port=" + FreePort.find(), "--rpc.server.port=0",
                    "--rpc.client.channels.places.target=localhost:${local.rpc.server.port}",
                    "--rpc.client.channels.less.target=localhost:${local.rpc.server.port}",
                    "--rpc.client.channels.less.oauth2.registration=less",
                    "--spring.security.oauth2.client.registration.less.provider=tour",
                    "--spring.security.oauth2.client.registration.less.client-id=tour",
                    "--spring.security.oauth2.client.registration.less.client-secret=only-for-this-sample",
                    "--spring.security.oauth2.client.registration.less.authorization-grant-type=client_credentials",
                    "--spring.security.oauth2.client.registration.less.scope=places.read",
                    "--spring.main.register-shutdown-hook=false");
    }

    @AfterAll
    static void stop() {
        running().close();
    }

    private static ConfigurableApplicationContext running() {
        return Objects.requireNonNull(sample);
    }

    private static Channel channel(String name) {
        return running().getBean(RpcChannels.class).get(name);
    }

    private static void find(Channel channel) {
        assertThat(PlacesGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).find(ZURICH).getName())
            .isEqualTo("Zurich");
    }

    private static void talk(Channel channel) throws Exception {
        try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
            notes.send(Note.getDefaultInstance());
            assertThat(notes.next()).isNotNull();
        }
    }

    @Test
    void tourMayDoAllThatItDoes() throws Exception {
        find(channel("places"));
        talk(channel("places"));
    }

    @Test
    void tokenOfFewerScopesMayDoLess() {
        find(channel("less"));
        assertThat(RpcError.from(catchThrowable(() -> talk(channel("less")))).code())
            .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void whoHasNoTokenIsAskedForOne() {
        try (Connection connection = Connection.to(running())) {
            assertThat(RpcError.from(catchThrowable(() -> find(connection.channel()))).code())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    /** As the sample, with services that need no library of rules. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class, OAuth2AuthorizationServerAutoConfiguration.class,
            OAuth2AuthorizationServerJwtAutoConfiguration.class, OAuth2ClientAutoConfiguration.class,
            OAuth2ResourceServerAutoConfiguration.class })
    @Import({ Sample.Places.class, Sample.Clock.class, RsaKeys.Signing.class })
    static class Sample {

        /** In place of the sample's. */
        @RpcService
        static class Places extends PlacesFixture {

        }

        /** In place of the sample's. */
        @RpcService
        static class Clock extends ClockFixture {

        }

    }

}
