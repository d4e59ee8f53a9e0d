package io.rpcspring.client;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What a channel shows to servers, where it may, and who must not see it.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChannelCredentialsTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String CHANNEL = "rpc.client.channels.places.";

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start();

    private static PlacesGrpc.PlacesBlockingStub places(ApplicationContext context) {
        return PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"));
    }

    private String sent(String... properties) {
        this.server.runner("places", properties).run((context) -> places(context).find(ZURICH));
        return String.valueOf(this.server.lastCall().header("authorization"));
    }

    @Test
    void basicIsSentAsServersExpectIt() {
        assertThat(sent("basic.username=ada", "basic.password=pass:wörd"))
            // ada:pass:wörd in UTF-8
            .isEqualTo("Basic YWRhOnBhc3M6d8O2cmQ=");
    }

    @Test
    void bearerIsSent() {
        assertThat(sent("bearer=t0ken")).isEqualTo("Bearer t0ken");
        this.server.runner("places")
            .withPropertyValues("rpc.client.defaults.bearer=t0ken")
            .run((context) -> places(context).find(ZURICH));
        assertThat(this.server.lastCall().header("authorization")).isEqualTo("Bearer t0ken");
    }

    @ParameterizedTest
    @ValueSource(strings = { "bearer=t0ken", "metadata.authorization=Bearer t0ken" })
    void callThatBringsItsOwnKeepsIt(String property) {
        Metadata own = new Metadata();
        own.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer own");
        this.server.runner("places", property, "metadata.x-team=maps").run((context) -> {
            places(context).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(own)).find(ZURICH);
            assertThat(this.server.lastCall().header("authorization")).isEqualTo("Bearer own");
            places(context).withCallCredentials(new Badge()).find(ZURICH);
            assertThat(this.server.lastCall().headers().getAll(Badge.KEY)).containsExactly("Bearer badge");
            assertThat(this.server.lastCall().header("x-team")).isEqualTo("maps");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "basic.username=s3cret,basic.password=s3cret", "bearer=s3cret" })
    void nothingShowsThem(String properties, CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(RpcChannels.class.getName(), LogLevel.DEBUG);
        try {
            this.server.runner("places", properties.split(",")).run((context) -> {
                assertThat(context.getBean(RpcChannels.class).reports()).singleElement()
                    .extracting(ChannelReport::settings)
                    .asString()
                    .contains("=******")
                    .doesNotContain("s3cret");
                assertThat(output).contains("Channel 'places': {").doesNotContain("s3cret");
            });
        }
        finally {
            logging.setLogLevel(RpcChannels.class.getName(), null);
        }
        ChannelSettings.Basic basic = new ChannelSettings.Basic("s3cret", "s3cret");
        assertThat(basic).hasToString("{username=******, password=******}");
    }

    private static ApplicationContextRunner runner(String target, String... properties) {
        return StarterRunner.withServerOnFreePort()
            .withPropertyValues(CHANNEL + "target=" + target)
            .withPropertyValues(Stream.of(properties).map(CHANNEL::concat).toArray(String[]::new))
            .withBean("badge", CallCredentials.class, Badge::new);
    }

    @ParameterizedTest
    @CsvSource({ "bearer=t0ken, bearer", "basic.username=ada;basic.password=s3cret, basic",
            "credentials=badge, credentials", "metadata.authorization=Bearer t0ken, metadata.authorization" })
    void credentialsAreNotSentInPlainText(String properties, String key) {
        runner("dns:///places:9090", properties.split(";")).run((context) -> assertThat(context).getFailure()
            .rootCause()
            .isInstanceOf(RpcConfigurationException.class)
            .hasMessage("The channel 'places' to dns:///places:9090 would send credentials (" + CHANNEL + key
                    + ") in plain text, for everybody on the way to read. Turn on TLS with " + CHANNEL
                    + "ssl.enabled: true, or " + CHANNEL
                    + "ssl.bundle. Where the way is safe by itself, as in a mesh that encrypts, set " + CHANNEL
                    + "insecure-credentials: true."));
    }

    @ParameterizedTest
    @ValueSource(strings = { "places:9090", "10.0.0.1:9090", "dns:///localhost.example.org:1",
            "127.0.0.1.example.org:1", "dns://127.0.0.1/places:1", "[fe80::1]:1", "xlocalhost:1", "128.0.0.1:1" })
    void elsewhereIsWhateverIsNotHere(String target) {
        runner(target, "bearer=t0ken")
            .run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(" in plain text, "));
    }

    @ParameterizedTest
    @ValueSource(strings = { "localhost:1", "LOCALHOST:1", "localhost", "127.0.0.1:1", "127.1.2.3:1", "[::1]:1",
            "dns:///localhost:1", "dns://8.8.8.8/localhost:1", "unix:/tmp/places.sock" })
    void loopbackIsHere(String target) {
        runner(target, "bearer=t0ken").run((context) -> assertThatNoException().isThrownBy(() -> places(context)));
    }

    @Test
    @WithLibrary("grpc-inprocess")
    void theSameJvmIsHere() {
        runner("in-process:places", "bearer=t0ken")
            .run((context) -> assertThatNoException().isThrownBy(() -> places(context)));
    }

    @Test
    void oneTargetOfSeveralElsewhereIsEnough() {
        StarterRunner.withServerOnFreePort()
            .withPropertyValues(CHANNEL + "targets=localhost:1,10.0.0.1:9090", CHANNEL + "bearer=t0ken")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessageStartingWith("The channel 'places' to localhost:1, 10.0.0.1:9090 would send credentials"));
    }

    @Test
    void targetThatIsKnownLateIsElsewhereWithTheFirstCall() {
        runner("10.0.0.1:${local.places.port}", "bearer=t0ken").withPropertyValues("local.places.port=1")
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> places(context).find(ZURICH))
                .withMessageContaining(" in plain text, "));
    }

    @ParameterizedTest
    @ValueSource(strings = { "insecure-credentials=true", "ssl.enabled=true" })
    void elsewhereIsAllowedWithTlsOrOnPurpose(String property) {
        runner("places:9090", "bearer=t0ken", property)
            .run((context) -> assertThatNoException().isThrownBy(() -> places(context)));
    }

    @Test
    void targetsOfRunTimeAreElsewhereToo() {
        StarterRunner.withServerOnFreePort()
            .withPropertyValues("rpc.client.defaults.bearer=t0ken")
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(RpcChannels.class).open("10.0.0.1:9090"))
                .withMessageStartingWith("The channel to 10.0.0.1:9090 would send credentials"
                        + " (rpc.client.defaults.bearer) in plain text"));
    }

    @ParameterizedTest
    @CsvSource({ "bearer=t0ken;oauth2.relay=true, oauth2.relay, bearer",
            "credentials=badge;oauth2.relay=true, oauth2.relay, credentials",
            "bearer=t0ken;basic.username=ada;basic.password=s3cret, basic, bearer",
            "bearer=t0ken;metadata.authorization=x, bearer, metadata.authorization" })
    void twoAuthorizationsAreRefused(String properties, String one, String other) {
        assertRefused(properties.split(";"),
                CHANNEL + one + " and " + CHANNEL + other
                        + " are both set, but a call has one authorization. Remove one of them."
                        + " oauth2.registration: \"\" and oauth2.relay: false turn off what is inherited.");
    }

    @Test
    void twoAuthorizationsAreRefusedAlsoIfOneIsInherited() {
        runner("localhost:1", "bearer=t0ken").withPropertyValues("rpc.client.defaults.oauth2.relay=true")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessageStartingWith("rpc.client.defaults.oauth2.relay and " + CHANNEL + "bearer are both set"));
        runner("localhost:1", "bearer=t0ken", "oauth2.relay=false")
            .withPropertyValues("rpc.client.defaults.oauth2.relay=true")
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void credentialsThatCannotBeSentAreRefusedWithoutBeingShown() {
        for (String bearer : List.of("Bearer s3cret", "s3cret\u00e4", "s3 cret", "=s3cret")) {
            assertRefused(new String[] { "bearer=" + bearer }, CHANNEL
                    + "bearer is no token that a header can have. Write the token alone, without 'Bearer' before it.");
        }
        assertRefused(new String[] { "basic.username=ada" },
                CHANNEL + "basic.username is set, but basic.password is not. Set both, or none.");
        assertRefused(new String[] { "basic.password=s3cret" },
                CHANNEL + "basic.password is set, but basic.username is not. Set both, or none.");
        for (String username : List.of("a:da", "a\tda")) {
            assertRefused(new String[] { "basic.username=" + username, "basic.password=s3cret" }, CHANNEL
                    + "basic cannot be sent: a colon in the username, or a control character. Choose another username"
                    + " or password.");
        }
    }

    private static void assertRefused(String[] properties, String message) {
        runner("localhost:1", properties).run((context) -> assertThat(context).getFailure()
            .rootCause()
            .isInstanceOf(RpcConfigurationException.class)
            .hasMessage(message));
    }

    /** Credentials of a bean, or of a call. */
    private static final class Badge extends CallCredentials {

        private static final Metadata.Key<String> KEY = Metadata.Key.of("authorization",
                Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(KEY, "Bearer badge");
            applier.apply(headers);
        }

    }

}
