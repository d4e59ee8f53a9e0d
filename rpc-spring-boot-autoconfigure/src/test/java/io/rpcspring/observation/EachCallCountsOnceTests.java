package io.rpcspring.observation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.util.TestPropertyValues;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Cable;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.Measured;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.pool.PoolStatistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * 10,000 calls that end in every way there is: each is counted once on each side, with
 * the status that its client got.
 */
class EachCallCountsOnceTests {

    private static final int CALLS = 10_000;

    private static final int THREADS = 8;

    /** Those that run and those that wait, where both are stuck. */
    private static final int STUCK = 2 * THREADS;

    private static final Metadata.Key<String> TIMEOUT = Metadata.Key.of("grpc-timeout",
            Metadata.ASCII_STRING_MARSHALLER);

    /** What the clients got. */
    private final Map<Code, Long> got = new TreeMap<>();

    private int calls;

    private final Measured application = Measured.start(new MixedPlaces(), "rpc.server.pools.default.size=" + THREADS,
            "rpc.server.pools.default.queue-capacity=" + THREADS, "rpc.server.shutdown.grace=0s",
            "rpc.client.channels.cable.target=${cable}");

    @Test
    void sumsOfBothSidesAreExact() throws Exception {
        try (Measured started = this.application) {
            for (int round = 0; round < 10; round++) {
                refuseWhatThePoolDoesNotTake();
                cancelWhatRunsAndWhatWaits();
                endByTheServersClock();
                callWhatNobodyServes(round);
                sendWhatNobodyCanRead();
            }
            endByTheClientsClock();
            loseTheConnection();
            answerInAllWays(CALLS - this.calls - STUCK);
            cutByTheDrain();

            assertThat(this.calls).isEqualTo(CALLS);
            assertThat(this.got.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(CALLS);
            assertThat(this.got.keySet()).containsExactly(Code.OK, Code.CANCELLED, Code.UNKNOWN, Code.INVALID_ARGUMENT,
                    Code.DEADLINE_EXCEEDED, Code.NOT_FOUND, Code.RESOURCE_EXHAUSTED, Code.UNIMPLEMENTED,
                    Code.UNAVAILABLE);
            assertThat(started.ends("grpc.client")).isEqualTo(this.got);
            await().untilAsserted(
                    () -> assertThat(clocksMerged(started.ends("grpc.server"))).isEqualTo(clocksMerged(this.got)));
            assertThat(started.count("rpc.client.attempts", "kind", "first")).isEqualTo(CALLS);
            assertThat(started.gauge("grpc.client.active")).isZero();
            assertThat(started.gauge("grpc.server.active")).isZero();
        }
    }

    /**
     * Which clock is quicker decides what the server sees where the client's has ended a
     * call.
     */
    private static Map<Code, Long> clocksMerged(Map<Code, Long> ends) {
        Map<Code, Long> merged = new TreeMap<>(ends);
        Long expired = merged.remove(Code.DEADLINE_EXCEEDED);
        merged.merge(Code.CANCELLED, (expired != null) ? expired : 0L, Long::sum);
        return merged;
    }

    private void refuseWhatThePoolDoesNotTake() {
        List<ClientCall<PlaceName, Place>> open = new ArrayList<>();
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        fillThePool(channel(), open, ends);
        ends.addAll(Flood.start(100, channel(), PlacesGrpc.getFindMethod(), MixedPlaces.name(BusyPlaces.STUCK),
                CallOptions.DEFAULT));
        ends.subList(STUCK, ends.size()).forEach((end) -> assertThat(end).succeedsWithin(20, TimeUnit.SECONDS));
        open.forEach((call) -> call.cancel("enough", null));
        count(ends);
    }

    private void cancelWhatRunsAndWhatWaits() {
        List<ClientCall<PlaceName, Place>> open = new ArrayList<>();
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        fillThePool(channel(), open, ends);
        open.forEach((call) -> call.cancel("enough", null));
        count(ends);
    }

    /** The client's own clock knows nothing of it. */
    private void endByTheServersClock() {
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) {
            Metadata headers = new Metadata();
            headers.put(TIMEOUT, "30m");
            ends.add(Flood.call(channel(), PlacesGrpc.getFindMethod(), List.of(MixedPlaces.name(BusyPlaces.STUCK)),
                    CallOptions.DEFAULT, headers));
        }
        count(ends);
    }

    private void endByTheClientsClock() {
        count(Flood.start(STUCK, channel(), PlacesGrpc.getFindMethod(), MixedPlaces.name(BusyPlaces.STUCK),
                CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS)));
    }

    private void callWhatNobodyServes(int round) {
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            MethodDescriptor<PlaceName, Place> unknown = PlacesGrpc.getFindMethod()
                .toBuilder()
                .setFullMethodName("places.v1.Places/Made" + round + "Up" + i)
                .build();
            ends.add(Flood.call(channel(), unknown, PlaceName.getDefaultInstance(), CallOptions.DEFAULT));
        }
        count(ends);
    }

    private void sendWhatNobodyCanRead() {
        MethodDescriptor<byte[], Place> method = PlacesGrpc.getFindMethod()
            .toBuilder(new Bytes(), PlacesGrpc.getFindMethod().getResponseMarshaller())
            .build();
        count(Flood.start(THREADS, channel(), method, new byte[] { 10, 127 }, CallOptions.DEFAULT));
    }

    private void loseTheConnection() throws IOException {
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        try (Cable cable = Cable.to(this.application.server().port())) {
            TestPropertyValues.of("cable=" + cable.target()).applyTo(this.application.server().context());
            fillThePool(this.application.channel("cable"), new ArrayList<>(), ends);
            cable.cut();
            count(ends);
        }
    }

    private void answerInAllWays(int number) {
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String name = (i % 100 == 99) ? MixedPlaces.BROKEN : (i % 3 == 0) ? MixedPlaces.MISSING : "";
            ends.add(Flood.call(channel(), PlacesGrpc.getFindMethod(), MixedPlaces.name(name), CallOptions.DEFAULT));
            if (ends.size() == THREADS) {
                count(ends);
                ends.clear();
            }
        }
        count(ends);
    }

    private void cutByTheDrain() {
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        fillThePool(channel(), new ArrayList<>(), ends);
        this.application.server().bean(RpcServer.class).stop();
        count(ends);
    }

    /** Calls that hold all threads and all places in the queue. */
    private void fillThePool(Channel channel, List<ClientCall<PlaceName, Place>> open,
            List<CompletableFuture<Ended>> ends) {
        awaitSoon().until(() -> pool().running() + pool().waiting() == 0);
        for (int i = 0; i < STUCK; i++) {
            CompletableFuture<Ended> end = new CompletableFuture<>();
            ClientCall<PlaceName, Place> call = Flood.open(channel, PlacesGrpc.getFindMethod(), CallOptions.DEFAULT,
                    new Metadata(), end);
            call.sendMessage(MixedPlaces.name(BusyPlaces.STUCK));
            call.halfClose();
            open.add(call);
            ends.add(end);
        }
        awaitSoon().until(() -> pool().running() == THREADS && pool().waiting() == THREADS);
    }

    /** Many times: it must not take long to notice. */
    private static ConditionFactory awaitSoon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private PoolStatistics pool() {
        return this.application.server().statistics("default");
    }

    private Channel channel() {
        return this.application.channel();
    }

    private void count(List<CompletableFuture<Ended>> ends) {
        this.calls += ends.size();
        Flood.codes(Flood.ends(ends)).forEach((code, number) -> this.got.merge(code, number, Long::sum));
    }

    /** Busy places of which some do not exist, and some break. */
    static final class MixedPlaces extends BusyPlaces {

        static final String MISSING = "missing";

        static final String BROKEN = "broken";

        static PlaceName name(String name) {
            return PlaceName.newBuilder().setName(name).build();
        }

        @Override
        public Place find(PlaceName name) throws InterruptedException {
            if (name.getName().equals(MISSING)) {
                throw new StatusRuntimeException(Status.NOT_FOUND);
            }
            if (name.getName().equals(BROKEN)) {
                throw new IllegalStateException("broken");
            }
            return super.find(name);
        }

    }

    /** Sends bytes as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }

    }

}
