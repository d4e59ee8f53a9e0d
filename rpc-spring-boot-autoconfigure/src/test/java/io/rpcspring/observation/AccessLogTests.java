package io.rpcspring.observation;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One line for each call, whatever its end.
 */
class AccessLogTests {

    private static final String TIMES = " waited_ms=[0-9.E-]+ ran_ms=[0-9.E-]+";

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.rpcspring.access");

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.server.access-log.enabled=true");

    @BeforeEach
    void listen() {
        this.lines.list = new java.util.concurrent.CopyOnWriteArrayList<>();
        this.lines.start();
        this.logger.addAppender(this.lines);
    }

    @AfterEach
    void listenNoMore() {
        this.logger.detachAppender(this.lines);
    }

    @Test
    void callsThatAreAnsweredAndThoseThatNobodyServes() {
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            int port = context.getBean(RpcServer.class).port();
            Metadata traced = new Metadata();
            traced.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            try (Connection connection = Connection.to("127.0.0.1:" + port)) {
                Flood
                    .call(connection.channel(), PlacesGrpc.getFindMethod(),
                            List.of(PlaceName.newBuilder().setName("Zurich").build()), CallOptions.DEFAULT, traced)
                    .join();
                Flood
                    .call(connection.channel(), PlacesGrpc.getWithinMethod(), Area.newBuilder().setRadiusKm(10).build(),
                            CallOptions.DEFAULT)
                    .join();
                HealthGrpc.newBlockingStub(connection.channel()).check(HealthCheckRequest.getDefaultInstance());
            }
            try (RawConnection stranger = RawConnection.to(port)) {
                stranger.write(RawConnection.call(1, "/made.up/A name=\"x\""));
                assertThat(stranger.status()).startsWith("12 Method not found");
            }
            await().until(() -> this.lines.list.size() == 3);
            assertThat(line(0)).matches("method=places.v1.Places/Find status=OK peer=127.0.0.1:\\d+" + TIMES
                    + " received=1 sent=1 received_bytes=8 sent_bytes=\\d+ pool=default"
                    + " trace=0af7651916cd43dd8448eb211c80319c");
            assertThat(line(1)).matches("method=places.v1.Places/Within status=OK peer=127.0.0.1:\\d+" + TIMES
                    + " received=1 sent=\\d+ received_bytes=9 sent_bytes=\\d+ pool=\\w+");
            assertThat(line(2)).matches("method=made.up/A\\?name\\?\\?x\\? status=UNIMPLEMENTED" + TIMES
                    + " received=0 sent=0 received_bytes=0 sent_bytes=0");
            assertThat(this.lines.list.get(0)
                .getKeyValuePairs()
                .stream()
                .map((pair) -> pair.key + "=" + pair.value)
                .collect(Collectors.joining(" "))).isEqualTo(line(0));
        });
    }

    private String line(int number) {
        return this.lines.list.get(number).getFormattedMessage();
    }

    @Test
    void callsThatAFullPoolRefusesOrTheirClientCancels() {
        StuckPlaces places = new StuckPlaces();
        this.runner.withBean(StuckPlaces.class, () -> places)
            .withPropertyValues("rpc.server.pools.default.size=1", "rpc.server.pools.default.queue-capacity=0")
            .run((context) -> {
                try (Connection connection = Connection.to("127.0.0.1:" + context.getBean(RpcServer.class).port())) {
                    var stuck = Flood.open(connection.channel(), PlacesGrpc.getFindMethod(), CallOptions.DEFAULT,
                            new Metadata(), new java.util.concurrent.CompletableFuture<>());
                    stuck.sendMessage(PlaceName.getDefaultInstance());
                    stuck.halfClose();
                    assertThat(places.entered.await(20, TimeUnit.SECONDS)).isTrue();
                    Flood
                        .call(connection.channel(), PlacesGrpc.getFindMethod(), PlaceName.getDefaultInstance(),
                                CallOptions.DEFAULT)
                        .join();
                    await().until(() -> this.lines.list.size() == 1);
                    assertThat(line(0))
                        .matches("method=places.v1.Places/Find status=RESOURCE_EXHAUSTED" + " peer=127.0.0.1:\\d+"
                                + TIMES + " .* pool=default")
                        .contains(" ran_ms=0.0 ");
                    stuck.cancel("enough", null);
                    await().until(() -> this.lines.list.size() == 2);
                    assertThat(line(1)).startsWith("method=places.v1.Places/Find status=CANCELLED peer=127.0.0.1:");
                }
            });
    }

    @Test
    void onlyThoseThatAreSlowOrInTheSample() {
        for (String less : List.of("slower-than=1h", "sample=0")) {
            this.runner.withBean(MarkedPlaces.class)
                .withPropertyValues("rpc.server.access-log." + less)
                .run((context) -> find(context.getBean(RpcServer.class)));
        }
        assertThat(this.lines.list).isEmpty();
    }

    @Test
    void ownServicesIfWanted() {
        this.runner.withBean(MarkedPlaces.class)
            .withPropertyValues("rpc.observability.own-services=true")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    HealthGrpc.newBlockingStub(connection.channel()).check(HealthCheckRequest.getDefaultInstance());
                }
                await().until(() -> this.lines.list.size() == 1);
                assertThat(line(0)).startsWith("method=grpc.health.v1.Health/Check status=OK ");
            });
    }

    @Test
    void nothingIsThereUnlessAskedFor() {
        StarterRunner.withServerOnFreePort().withBean(MarkedPlaces.class).run((context) -> {
            assertThat(context).doesNotHaveBean("rpcAccessLog").doesNotHaveBean("rpcAccessLogStart");
            find(context.getBean(RpcServer.class));
        });
        assertThat(this.lines.list).isEmpty();
    }

    @Test
    void worksWithoutMicrometer() {
        this.runner.withBean(MarkedPlaces.class)
            .withClassLoader(new FilteredClassLoader("io.micrometer"))
            .run((context) -> find(context.getBean(RpcServer.class)));
        await().until(() -> this.lines.list.size() == 1);
    }

    @Test
    void shareOutsideOfItsBoundsIsRefused() {
        this.runner.withBean(MarkedPlaces.class)
            .withPropertyValues("rpc.server.access-log.sample=10")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage("rpc.server.access-log.sample is 10.0, which is no share. Set it to a number from 0 to 1,"
                        + " such as 0.01 for one call of a hundred."));
    }

    private static void find(RpcServer server) {
        try (Connection connection = Connection.to("localhost:" + server.port())) {
            PlacesGrpc.newBlockingStub(connection.channel()).find(PlaceName.newBuilder().setName("Zurich").build());
        }
    }

}
