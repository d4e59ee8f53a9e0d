package io.rpcspring.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.grpc.Status;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;

import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What channels and methods inherit.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChannelInheritanceTests {

    private static final String YAML = """
            rpc:
              client:
                defaults:
                  deadline: 5s
                  keep-alive: { time: 2m }
                  metadata: { x-team: maps, x-token: s3cret }
                  retry: { max-attempts: 3, initial-backoff: 50ms, codes: [UNAVAILABLE, ABORTED] }
                  methods:
                    "[places.v1.Places/Notes]": { stream-deadline: 1h }
                channels:
                  places:
                    target: "dns:///places:9090"
                    connections: 2
                    metadata: { x-team: atlas }
                    retry: { max-backoff: 3s }
                    methods:
                      "[places.v1.Places]":        { deadline: 1500ms }
                      "[places.v1.Places/Find]":   { deadline: 250ms, hedging: { max-attempts: 2, delay: 80ms } }
                      "[places.v1.Places/Within]": { deadline: 30s, retry: { max-attempts: 1 } }
                  "[my_ledger]":
                    targets: [ "10.0.0.1:9090", "10.0.0.2:9090" ]
                    keep-alive: { timeout: 5s }
                    retry: { codes: [ABORTED] }
            """;

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withInitializer(ChannelInheritanceTests::addYaml);

    @Test
    void channelsOverrideSingleKeysAndKeepTheOthers() {
        this.runner.run((context) -> {
            Map<String, Object> places = settings(context, "places");
            assertThat(places).containsEntry("deadline", Duration.ofSeconds(5))
                .containsEntry("target", "dns:///places:9090")
                .containsEntry("connections", 2)
                .containsEntry("load-balancing", "round_robin")
                .containsEntry("keep-alive",
                        Map.of("time", Duration.ofMinutes(2), "timeout", Duration.ofSeconds(20), "without-calls",
                                false))
                .containsEntry("retry", retry(3, 50, 3000, List.of(Status.Code.UNAVAILABLE, Status.Code.ABORTED)))
                .doesNotContainKey("hedging");
            Map<String, Object> ledger = settings(context, "my_ledger");
            assertThat(ledger).containsEntry("targets", List.of("10.0.0.1:9090", "10.0.0.2:9090"))
                .containsEntry("connections", 1)
                .containsEntry("keep-alive",
                        Map.of("time", Duration.ofMinutes(2), "timeout", Duration.ofSeconds(5), "without-calls", false))
                .containsEntry("retry", retry(3, 50, 1000, List.of(Status.Code.ABORTED)));
        });
    }

    @Test
    void methodsInheritFromTheirServiceAndThenFromTheChannel() {
        this.runner.run((context) -> {
            Map<String, Object> places = settings(context, "places");
            assertThat(places.get("methods.places.v1.Places/Find")).asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("deadline", Duration.ofMillis(250))
                .containsEntry("hedging",
                        Map.of("max-attempts", 2, "delay", Duration.ofMillis(80), "non-fatal-codes",
                                List.of(Status.Code.UNAVAILABLE)))
                .doesNotContainKey("retry");
            assertThat(places.get("methods.places.v1.Places/Within")).asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("deadline", Duration.ofSeconds(30))
                .containsEntry("retry", retry(1, 50, 3000, List.of(Status.Code.UNAVAILABLE, Status.Code.ABORTED)));
            assertThat(places.get("methods.places.v1.Places/Notes")).asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("deadline", Duration.ofMillis(1500))
                .containsEntry("stream-deadline", Duration.ofHours(1));
            assertThat(settings(context, "my_ledger").get("methods.places.v1.Places/Notes"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("deadline", Duration.ofSeconds(5))
                .containsEntry("stream-deadline", Duration.ofHours(1));
        });
    }

    @Test
    void environmentVariablesAndLaterSourcesOverrideSingleKeys() {
        this.runner
            .withInitializer((context) -> TestPropertyValues
                .of("RPC_CLIENT_CHANNELS_PLACES_RETRY_MAXATTEMPTS=7", "RPC_CLIENT_DEFAULTS_KEEPALIVE_TIME=3m")
                .applyTo(context.getEnvironment(), TestPropertyValues.Type.SYSTEM_ENVIRONMENT))
            .run((context) -> assertThat(settings(context, "places"))
                .containsEntry("retry", retry(7, 50, 3000, List.of(Status.Code.UNAVAILABLE, Status.Code.ABORTED)))
                .containsEntry("keep-alive", Map.of("time", Duration.ofMinutes(3), "timeout", Duration.ofSeconds(20),
                        "without-calls", false)));
    }

    @Test
    void effectiveSettingsAreLoggedWithMaskedMetadata(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(RpcChannels.class.getName(), LogLevel.DEBUG);
        try {
            this.runner.run((context) -> {
                assertThat(settings(context, "places")).containsEntry("metadata",
                        Map.of("x-team", "******", "x-token", "******"));
                assertThat(output).contains("Channel 'places': {target=dns:///places:9090,")
                    .contains("x-token=******")
                    .doesNotContain("s3cret");
            });
        }
        finally {
            logging.setLogLevel(RpcChannels.class.getName(), null);
        }
    }

    private static Map<String, Object> retry(int attempts, int initialMillis, int maxMillis, List<Status.Code> codes) {
        return Map.of("max-attempts", attempts, "initial-backoff", Duration.ofMillis(initialMillis), "max-backoff",
                Duration.ofMillis(maxMillis), "multiplier", 2.0, "codes", codes);
    }

    private static Map<String, Object> settings(ApplicationContext context, String channel) {
        return context.getBean(RpcChannels.class)
            .reports()
            .stream()
            .filter((report) -> report.name().equals(channel))
            .findFirst()
            .orElseThrow()
            .settings();
    }

    private static void addYaml(ConfigurableApplicationContext context) {
        try {
            new YamlPropertySourceLoader()
                .load("inheritance", new ByteArrayResource(YAML.getBytes(StandardCharsets.UTF_8)))
                .forEach(context.getEnvironment().getPropertySources()::addLast);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
