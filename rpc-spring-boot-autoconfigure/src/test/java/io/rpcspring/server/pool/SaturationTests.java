package io.rpcspring.server.pool;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.grpc.CallOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an operator reads of a pool that has too much to do.
 */
class SaturationTests {

    private static final Logger logger = Logger.getLogger(Saturation.class.getName());

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final BlockingQueue<LogRecord> lines = new LinkedBlockingQueue<>();

    private final Handler listener = new Handler() {

        @Override
        public void publish(LogRecord line) {
            SaturationTests.this.lines.add(line);
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }

    };

    private final BusyPlaces places = new BusyPlaces();

    @BeforeEach
    void listen() {
        logger.addHandler(this.listener);
        logger.setLevel(Level.FINE);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(this.listener);
        logger.setLevel(null);
        this.places.release.countDown();
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void poolThatRefusesSaysOnceWhatHoldsItsThreads(String type) throws Exception {
        try (PlacesServer server = start(type, 0)) {
            List<CompletableFuture<Ended>> held = stuck(server, 2);
            await().until(() -> this.places.entered.get() == 2);
            Flood.ends(stuck(server, 1));
            LogRecord line = this.lines.poll(10, TimeUnit.SECONDS);
            assertThat(line).isNotNull();
            assertThat(line.getLevel()).isEqualTo(Level.WARNING);
            assertThat(line.getMessage()).isEqualTo(
                    "Pool 'default' is saturated: 2 running, 0 waiting, 1 turned away since the start. Its threads"
                            + " are held by 2 of places.v1.Places/Find. Look at what they wait for (their stacks are logged"
                            + " at DEBUG), or give the pool more threads (rpc.server.pools.default.size).");
            for (int i = 0; i < 2; i++) {
                LogRecord stack = this.lines.poll(10, TimeUnit.SECONDS);
                assertThat(stack).isNotNull();
                assertThat(stack.getLevel()).isEqualTo(Level.FINE);
                assertThat(stack.getMessage()).matches("(?s)rpc-default-[0-9]+ runs places.v1.Places/Find\n\tat .*")
                    .contains("io.rpcspring.fixture.BusyPlaces.find(");
            }
            Flood.ends(stuck(server, 20));
            assertThat(this.lines.poll(200, TimeUnit.MILLISECONDS)).isNull();
            this.places.release.countDown();
            Flood.ends(held);
        }
    }

    @Test
    void poolInWhichCallsWaitForASecondSaysSo() throws Exception {
        try (PlacesServer server = start("platform", 10)) {
            List<CompletableFuture<Ended>> held = stuck(server, 3);
            LogRecord line = this.lines.poll(10, TimeUnit.SECONDS);
            assertThat(line).isNotNull();
            assertThat(line.getMessage())
                .startsWith("Pool 'default' is saturated: 2 running, 1 waiting, 0 turned away since the start.");
            this.places.release.countDown();
            Flood.ends(held);
        }
    }

    private PlacesServer start(String type, int queue) {
        return PlacesServer.start(this.places, "rpc.server.pools.default.type=" + type,
                "rpc.server.pools.default.size=2", "rpc.server.pools.default.queue-capacity=" + queue);
    }

    private static List<CompletableFuture<Ended>> stuck(PlacesServer server, int calls) {
        return Flood.start(calls, server.channel(), PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT);
    }

}
