package io.rpcspring.server.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.grpc.CallOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How an adaptive limit follows calls that come through the wire.
 */
@WithLibrary("concurrency-limits-core")
class AdaptivePoolTests {

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void limitFallsWhenCallsBecomeSlowButNotBelowTheLeast(String type) {
        StarterRunner.withServerOnFreePort()
            .withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.default.type=" + type, "rpc.server.pools.default.size=40",
                    "rpc.server.pools.default.min-size=8", "rpc.server.pools.default.concurrency-limit=adaptive")
            .run((context) -> {
                assertThat(context).hasNotFailed();
                try (Connection connection = Connection.to(context)) {
                    assertThat(statistics(context).size()).isEqualTo(20);
                    for (int i = 0; i < 200; i++) {
                        connection.find("2");
                    }
                    assertThat(statistics(context).size()).isBetween(8, 40);
                    Deque<CompletableFuture<Ended>> calls = new ArrayDeque<>();
                    for (int i = 0; i < 3000 && statistics(context).size() > 8; i++) {
                        while (calls.size() < 60) {
                            calls.add(slow(connection));
                        }
                        assertThat(calls.remove().join().status().isOk()).isTrue();
                        assertThat(statistics(context).size()).isBetween(8, 40);
                    }
                    assertThat(statistics(context).size()).isEqualTo(8);
                    calls.forEach((call) -> assertThat(call.join().status().isOk()).isTrue());
                    assertThat(connection.find("").getZone()).startsWith("rpc-default-");
                }
            });
    }

    private static CompletableFuture<Ended> slow(Connection connection) {
        return Flood.call(connection.channel(), PlacesGrpc.getFindMethod(),
                PlaceName.newBuilder().setName("50").build(), CallOptions.DEFAULT);
    }

    private static PoolStatistics statistics(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(RpcServer.class).poolStatistics().get("default"));
    }

}
