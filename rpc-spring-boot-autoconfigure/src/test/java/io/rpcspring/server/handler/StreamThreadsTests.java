package io.rpcspring.server.handler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.pool.PoolStatistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams and the threads of small pools.
 */
class StreamThreadsTests {

    private static final long SEED = 20_261_123;

    private static final int AT_ONCE = 200;

    private final GenericApplicationContext context = new GenericApplicationContext();

    private final ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);

    private final ExecutorService senders = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        this.senders.shutdownNow();
        this.context.close();
        this.clients.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void poolOfOneThreadServesBidirectionalCallsOneAfterTheOther(String poolType) throws Exception {
        try (Connection connection = start(1, poolType)) {
            List<Future<Integer>> talks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                talks.add(this.clients.submit(() -> talk(connection.channel(), 50)));
            }
            for (Future<Integer> talk : talks) {
                assertThat(talk.get(30, TimeUnit.SECONDS)).isEqualTo(50);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void asManyLiveStreamsAsThePoolHasThreadsDoNotDelayUnaryCalls(String poolType) {
        int threads = 16;
        try (Connection connection = start(threads, poolType)) {
            List<RpcStream<Note, Note>> live = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                RpcStream<Note, Note> stream = RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod());
                stream.send(note("hello"));
                assertThat(stream.next().getText()).isEqualTo("hello");
                live.add(stream);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
            assertThat(live).allSatisfy((stream) -> {
                stream.send(note("still there"));
                assertThat(stream.next().getText()).isEqualTo("still there");
                stream.close();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void randomStreamsLoseDoubleAndReorderNothing(String poolType) throws Exception {
        try (Connection connection = start(AT_ONCE, poolType)) {
            Random random = new Random(SEED);
            List<Future<String>> ends = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                long seed = random.nextLong();
                ends.add(this.clients.submit(() -> randomTalk(connection.channel(), new Random(seed))));
            }
            List<String> how = new ArrayList<>();
            for (Future<String> end : ends) {
                how.add(end.get(60, TimeUnit.SECONDS));
            }
            assertThat(how).contains("whole", "cancelled", "failed");
            assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            await().until(() -> streams().running() + streams().waiting() == 0);
        }
        this.context.close();
        await().atMost(Duration.ofSeconds(10))
            .until(() -> Thread.getAllStackTraces()
                .keySet()
                .stream()
                .noneMatch((thread) -> thread.getName().startsWith("rpc-streams-")));
    }

    private PoolStatistics streams() {
        return Objects.requireNonNull(this.context.getBean(RpcServer.class).poolStatistics().get("streams"));
    }

    private String randomTalk(ManagedChannel channel, Random random) throws Exception {
        int length = random.nextInt(200);
        int end = random.nextInt(3);
        try (RpcStream<Note, Note> stream = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < length; i++) {
                    stream.send(note("note " + i + "x".repeat(i * 7)));
                }
                if (end == 1) {
                    stream.send(note("status"));
                }
                stream.halfClose();
            }, this.senders);
            int cancelAt = (end == 2) ? length / 2 : Integer.MAX_VALUE;
            int received = 0;
            try {
                while (received < cancelAt && stream.hasNext()) {
                    assertThat(stream.next().getText()).isEqualTo("note " + received + "x".repeat(received * 7));
                    received++;
                }
            }
            catch (StatusRuntimeException ex) {
                assertThat(ex).hasMessage("NOT_FOUND: no such place");
                assertThat(end).isEqualTo(1);
                assertThat(received).isEqualTo(length);
                return "failed";
            }
            if (end == 2) {
                return "cancelled";
            }
            assertThat(received).isEqualTo(length);
            sender.get(10, TimeUnit.SECONDS);
            return "whole";
        }
    }

    private static int talk(ManagedChannel channel, int length) {
        try (RpcStream<Note, Note> stream = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
            int received = 0;
            for (int i = 0; i < length; i++) {
                stream.send(note("note " + i));
                assertThat(stream.next().getText()).isEqualTo("note " + i);
                received++;
            }
            stream.halfClose();
            assertThat(stream.hasNext()).isFalse();
            return received;
        }
    }

    private Connection start(int poolSize, String poolType) {
        this.context.registerBean(PlainPlaces.class);
        StarterRunner.addStarter(this.context, "rpc.server.pools.default.size=1",
                "rpc.server.pools.default.type=" + poolType, "rpc.server.pools.streams.size=" + poolSize,
                "rpc.server.pools.streams.type=" + poolType, "rpc.server.pools.streams.queue-timeout=1m");
        this.context.refresh();
        return Connection.to(this.context);
    }

    private static Note note(String text) {
        return Note.newBuilder().setText(text).build();
    }

}
