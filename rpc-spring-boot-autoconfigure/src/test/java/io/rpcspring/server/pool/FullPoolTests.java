package io.rpcspring.server.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a full pool refuses, and that it serves what it has let in.
 */
class FullPoolTests {

    private final GenericApplicationContext context = new GenericApplicationContext();

    private final List<Connection> connections = new ArrayList<>();

    @AfterEach
    void stop() {
        this.connections.forEach(Connection::close);
        this.context.close();
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#everyKindOnEveryType")
    void everyCallIsServedOrRefused(String type, Class<?> service, MethodDescriptor<?, ?> kind) throws Exception {
        Connection connection = start(service, "rpc.server.pools.small.type=" + type, "rpc.server.pools.small.size=1",
                "rpc.server.pools.small.queue-capacity=1", "rpc.server.services.[places.v1.Places].pool=small",
                "rpc.server.services.[places.v1.Places].methods.Notes.pool=streams",
                "rpc.server.pools.streams.type=" + type, "rpc.server.pools.streams.size=2",
                "rpc.server.pools.streams.queue-capacity=1");
        try (RpcStream<Note, Note> idle = RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod())) {
            idle.send(Note.getDefaultInstance());
            idle.next();
            List<Ended> ends = Flood.ends(Flood.start(200, connection.channel(), kind, 2));
            assertThat(Flood.codes(ends)).containsOnlyKeys(Code.OK, Code.RESOURCE_EXHAUSTED);
            idle.send(Note.getDefaultInstance());
            idle.next();
            idle.halfClose();
            assertThat(idle.hasNext()).isFalse();
        }
        await().untilAsserted(() -> {
            PoolStatistics small = statistics("small");
            assertThat(small.running()).isZero();
            assertThat(small.waiting()).isZero();
        });
    }

    @Test
    void messageSaysHowFullThePoolIs() {
        Connection connection = start(BusyPlaces.class, "rpc.server.pools.default.size=1",
                "rpc.server.pools.default.queue-capacity=2");
        BusyPlaces places = this.context.getBean(BusyPlaces.class);
        PlaceName stuck = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();
        List<CompletableFuture<Ended>> held = Flood.start(3, connection.channel(), PlacesGrpc.getFindMethod(), stuck,
                CallOptions.DEFAULT);
        await().until(() -> places.entered.get() == 1 && statistics("default").waiting() == 2);
        Ended refused = Flood.call(connection.channel(), PlacesGrpc.getFindMethod(), stuck, CallOptions.DEFAULT).join();
        assertThat(refused.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refused.status().getDescription()).isEqualTo("pool 'default' is full (1 running, 2 waiting)");
        places.release.countDown();
        assertThat(Flood.codes(Flood.ends(held))).containsOnlyKeys(Code.OK);
    }

    private PoolStatistics statistics(String pool) {
        return Objects.requireNonNull(this.context.getBean(RpcServer.class).poolStatistics().get(pool));
    }

    private Connection start(Class<?> service, String... properties) {
        this.context.registerBean(service);
        StarterRunner.addStarter(this.context, properties);
        this.context.refresh();
        return connect();
    }

    private Connection connect() {
        Connection connection = Connection.to(this.context);
        this.connections.add(connection);
        return connection;
    }

}
