package io.rpcspring.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
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
import static org.awaitility.Awaitility.await;

/**
 * How a channel chooses among its servers, and what it can be told about it.
 */
@ExtendWith(OutputCaptureExtension.class)
class LoadBalancingTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String CHANNEL = "rpc.client.channels.places.";

    private static final String DEFAULTS = "rpc.client.defaults.";

    private final List<RecordingServer> servers = new ArrayList<>();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @AfterEach
    void stop() {
        this.servers.forEach(RecordingServer::close);
    }

    @ParameterizedTest
    @ValueSource(strings = { "weighted_round_robin", "least_request", "least_request_experimental" })
    @WithLibrary("grpc-xds")
    void policiesOfXdsWorkWithoutAControlPlane(String policy) {
        to(3, CHANNEL + "load-balancing=" + policy).run((context) -> {
            calling(context).until(() -> this.servers.stream().noneMatch((server) -> server.calls.isEmpty()));
            assertThat(context.getBean(RpcChannels.class).figures().get("places")).isNotNull()
                .extracting(ChannelFigures::connections)
                .isEqualTo(3);
        });
    }

    @Test
    void subsetIsAllThatAClientConnectsTo() {
        to(4, CHANNEL + "subset-size=2").run((context) -> {
            calling(context).until(() -> used() == 2);
            for (int i = 0; i < 100; i++) {
                places(context).find(ZURICH);
            }
            assertThat(used()).isEqualTo(2);
            assertThat(this.servers.stream().mapToInt(RecordingServer::connections).sum()).isEqualTo(2);
        });
    }

    private long used() {
        return this.servers.stream().filter((server) -> !server.calls.isEmpty()).count();
    }

    @Test
    void serverWhoseCallsFailIsTakenOutForAWhile() {
        to(2, CHANNEL + "outlier-detection.enabled=true", CHANNEL + "outlier-detection.interval=200ms")
            .run((context) -> {
                RecordingServer broken = this.servers.get(0);
                broken.failNext(100_000, Status.INTERNAL, null);
                // Until one that takes turns would have called it again.
                calling(context).pollInterval(Duration.ofMillis(1))
                    .until(() -> answersInARow(context, 20) && broken.calls.size() >= 10);
            });
    }

    private static boolean answersInARow(ApplicationContext context, int calls) {
        try {
            for (int i = 0; i < calls; i++) {
                places(context).find(ZURICH);
            }
            return true;
        }
        catch (StatusRuntimeException ex) {
            return false;
        }
    }

    @Test
    void whatChoosesCanBePutTogether() {
        to(3, CHANNEL + "subset-size=2", CHANNEL + "outlier-detection.enabled=true",
                CHANNEL + "outlier-detection.success-rate-ejection.minimum-hosts=3")
            .run((context) -> calling(context).until(() -> used() == 2));
    }

    @Test
    void settingsAreInheritedKeyByKey() {
        this.runner.withPropertyValues(CHANNEL + "target=localhost:1", DEFAULTS + "outlier-detection.interval=3s",
                CHANNEL + "outlier-detection.enabled=true", DEFAULTS + "subset-size=7",
                DEFAULTS + "load-balancing=pick_first", DEFAULTS + "load-balancing-settings.shuffle-address-list=true")
            .run((context) -> assertThat(context.getBean(RpcChannels.class).reports().get(0).settings())
                .containsEntry("subset-size", 7)
                .extractingByKey("outlier-detection")
                .hasToString("{enabled=true, interval=PT3S, base-ejection-time=PT30S, max-ejection-time=PT5M,"
                        + " max-ejection-percent=10, failure-percentage-ejection={threshold=85,"
                        + " enforcement-percentage=100, minimum-hosts=2, request-volume=10}}"));
    }

    @Test
    void settingsOfAnInheritedPolicyAreLeftBehind() {
        to(2, DEFAULTS + "load-balancing=pick_first", DEFAULTS + "load-balancing-settings.shuffle-address-list=true",
                CHANNEL + "load-balancing=round_robin")
            .run((context) -> calling(context).until(() -> used() == 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            textBlock = """
                    load-balancing=random                             | load-balancing is random, which is no load-balancing policy that is known. Set @load-balancing to one of ring_hash, round_robin, pick_first, least_request, weighted_round_robin, or add the policy's library.
                    load-balancing=round-robin                        | load-balancing is round-robin, which is no load-balancing policy that is known. Set @load-balancing to one of round_robin, ring_hash, weighted_round_robin, pick_first, least_request, or add the policy's library.
                    load-balancing=random_subsetting                  | load-balancing is random_subsetting, which goes around another policy. Set @load-balancing to round_robin, and set subset-size beside it.
                    load-balancing=outlier_detection_experimental     | load-balancing is outlier_detection_experimental, which goes around another policy. Set @load-balancing to round_robin, and set outlier-detection.enabled beside it.
                    subset-size=0                                     | subset-size is 0, which is not from 1 to 10000. Set @subset-size to a value in this range.
                    load-balancing-settings.shuffle-address-list=true | load-balancing-settings.shuffle-address-list is set, but round_robin has no such setting. Its settings: none. Remove @load-balancing-settings.shuffle-address-list, or set @load-balancing to the policy that has it.
                    """)
    void whatCannotWorkIsRefused(String property, String message) {
        this.runner.withPropertyValues(CHANNEL + "target=localhost:1", CHANNEL + property)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage(CHANNEL + message.replace("@", CHANNEL)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            max-ejection-percent=101                          | is 101, which is not from 0 to 100.
            interval=99ms                                     | is 99ms, which is shorter than 100ms.
            max-ejection-time=29s                             | is 29s, which is shorter than 30s.
            failure-percentage-ejection.threshold=-1          | is -1, which is not from 0 to 100.
            success-rate-ejection.request-volume=0            | is 0, which is not from 1 to 1000000.
            """)
    void outliersHaveTheirRanges(String property, String problem) {
        String name = CHANNEL + "outlier-detection." + property.replaceAll("=.*", "");
        this.runner
            .withPropertyValues(CHANNEL + "target=localhost:1", CHANNEL + "outlier-detection.enabled=true",
                    CHANNEL + "outlier-detection." + property)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessageStartingWith(name + " " + problem));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    least_request        | choice-count=1               | is 1, which is not from 2 to 10.
                    weighted_round_robin | weight-update-period=99ms    | is 99ms, which is shorter than 100ms.
                    weighted_round_robin | error-utilization-penalty=-1 | is -1.0, which is not from 0 to 1000.
                    weighted_round_robin | choice-count=3               | is set, but weighted_round_robin has no such setting. Its settings: blackout-period,
                    """)
    @WithLibrary("grpc-xds")
    void settingsHaveTheirRanges(String policy, String setting, String problem) {
        String name = CHANNEL + "load-balancing-settings." + setting.replaceAll("=.*", "");
        this.runner
            .withPropertyValues(CHANNEL + "target=localhost:1", CHANNEL + "load-balancing=" + policy,
                    CHANNEL + "load-balancing-settings." + setting)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessageStartingWith(name + " " + problem));
    }

    @Test
    @WithLibrary("grpc-xds")
    void settingsReachThePolicy() {
        to(2, CHANNEL + "load-balancing=weighted_round_robin", CHANNEL + "load-balancing-settings.blackout-period=5ms",
                CHANNEL + "load-balancing-settings.weight-expiration-period=90s",
                CHANNEL + "load-balancing-settings.weight-update-period=100ms",
                CHANNEL + "load-balancing-settings.oob-reporting-period=1500ms",
                CHANNEL + "load-balancing-settings.enable-oob-load-report=true",
                CHANNEL + "load-balancing-settings.error-utilization-penalty=0.5")
            .run((context) -> calling(context).until(() -> used() == 2));
    }

    @Test
    void settingThatNoPolicyHasStopsTheStart() {
        this.runner
            .withPropertyValues(CHANNEL + "target=localhost:1", CHANNEL + "load-balancing-settings.choise-count=3")
            .run((context) -> assertThat(context).getFailure()
                .hasMessageContaining(CHANNEL + "load-balancing-settings.choise-count")
                .hasMessageContaining(CHANNEL + "load-balancing-settings.choice-count"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "weighted_round_robin", "least_request", "ring_hash" })
    void policyWhoseLibraryIsAbsentStopsTheStart(String policy) {
        this.runner.withClassLoader(new FilteredClassLoader("io.grpc.xds"))
            .withPropertyValues(CHANNEL + "target=localhost:1", CHANNEL + "load-balancing=" + policy)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage(CHANNEL + "load-balancing is " + policy + ", which needs io.grpc:grpc-xds. Set " + CHANNEL
                        + "load-balancing to round_robin, or add the dependency."));
    }

    @Test
    @WithLibrary("grpc-xds")
    void ringsAreForControlPlanesOnly() {
        this.runner.withPropertyValues(CHANNEL + "target=localhost:1", CHANNEL + "load-balancing=ring_hash")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(CHANNEL + "load-balancing is ring_hash, which works only with xds:///, but " + CHANNEL
                        + "target is 'localhost:1'. Set " + CHANNEL
                        + "load-balancing to round_robin, or the target to xds:///places."));
    }

    @Test
    void serversThatGetNoCallAreWarnedOf(CapturedOutput output) {
        to(3, CHANNEL + "load-balancing=pick_first", CHANNEL + "connections=2").run((context) -> {
            // Before anybody calls.
            context.getBean(RpcChannels.class).get("places");
            assertThat(idle(output)).hasSize(1);
            places(context).find(ZURICH);
            places(context).find(ZURICH);
        });
        String targets = this.servers.stream()
            .map((server) -> "127.0.0.1:" + server.port())
            .collect(Collectors.joining(", "));
        assertThat(idle(output)).satisfiesExactly((line) -> assertThat(line).contains("WARN")
            .endsWith("The channel 'places' to " + targets + " has 3 servers, but " + CHANNEL
                    + "load-balancing is pick_first: one of them gets all calls."
                    + " Set it to round_robin to use them all"));
    }

    @Test
    void twoAddressesOfOneServerAreNotMany(CapturedOutput output) {
        to(1, CHANNEL + "load-balancing=pick_first").run((context) -> places(context).find(ZURICH));
        assertThat(idle(output)).isEmpty();
    }

    private static List<String> idle(CapturedOutput output) {
        return output.getOut().lines().filter((line) -> line.contains("IdleServers")).toList();
    }

    private ApplicationContextRunner to(int count, String... properties) {
        for (int i = 0; i < count; i++) {
            this.servers.add(RecordingServer.start());
        }
        String host = (count > 1) ? "127.0.0.1:" : "localhost:";
        String targets = this.servers.stream().map((server) -> host + server.port()).collect(Collectors.joining(","));
        return this.runner.withPropertyValues(CHANNEL + ((count > 1) ? "targets=" : "target=") + targets)
            .withPropertyValues(properties);
    }

    private static ConditionFactory calling(ApplicationContext context) {
        return await().pollInterval(Duration.ofMillis(20)).conditionEvaluationListener((condition) -> {
            try {
                assertThat(places(context).find(ZURICH).getName()).isEqualTo("Zurich");
            }
            catch (StatusRuntimeException ex) {
                // It is to fail.
            }
        });
    }

    private static PlacesGrpc.PlacesBlockingStub places(ApplicationContext context) {
        return PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"));
    }

}
