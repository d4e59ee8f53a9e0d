package io.rpcspring.server.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcService;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Three servers, one of which needs four times as long for each call: what balancing by
 * our load reports makes of them.
 */
@Tag("slow")
@Timeout(180)
class WeightedBalancingTests {

    private static final int FAST_MILLIS = 10;

    /** 400 calls a second is what a fast server can do, 100 the slow one. */
    private static final int SIZE = 4;

    private static final int CALLS_A_SECOND = 450;

    private final List<PlacesServer> servers = new ArrayList<>();

    private final Fixed resolvers = new Fixed();

    @BeforeEach
    void start() {
        NameResolverRegistry.getDefaultRegistry().register(this.resolvers);
    }

    @AfterEach
    void stop() {
        NameResolverRegistry.getDefaultRegistry().deregister(this.resolvers);
        this.servers.forEach(PlacesServer::close);
    }

    @Test
    void slowServerGetsLessAndFewCallersWaitForIt() throws Exception {
        for (int i = 0; i < 3; i++) {
            this.servers.add(PlacesServer.start(List.of(new TimedPlaces(i), loadReports()),
                    "rpc.server.load-report.enabled=true", "rpc.server.pools.default.type=platform",
                    "rpc.server.pools.default.size=" + SIZE, "rpc.server.pools.default.queue-capacity=10000",
                    "rpc.server.pools.default.queue-timeout=1h"));
        }
        Outcome even = call("round_robin", Duration.ofSeconds(8), Duration.ofSeconds(4));
        Outcome weighted = call("weighted_round_robin", Duration.ofSeconds(20), Duration.ofSeconds(4));
        System.out.println("round_robin: " + even);
        System.out.println("weighted_round_robin: " + weighted);
        assertThat(even.share()).isBetween(0.30, 0.37);
        assertThat(weighted.share()).isLessThanOrEqualTo(0.45 / 3);
        assertThat(weighted.p99()).isLessThanOrEqualTo(even.p99() / 2);
    }

    private static Class<?> loadReports() {
        return ClassUtils.resolveClassName("io.rpcspring.autoconfigure.RpcServerLoadAutoConfiguration", null);
    }

    /**
     * Offers calls at an even rate.
     * @param seconds for how long
     * @param last which of them count
     */
    private Outcome call(String policy, Duration seconds, Duration last) throws Exception {
        ManagedChannel channel = Grpc.newChannelBuilder("three:///places", InsecureChannelCredentials.create())
            .defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of(policy, Map.of()))))
            .build();
        Queue<Answer> answers = new ConcurrentLinkedQueue<>();
        PlacesGrpc.PlacesStub places = PlacesGrpc.newStub(channel);
        long start = System.nanoTime();
        long end = start + seconds.toNanos();
        long count = seconds.toSeconds() * CALLS_A_SECOND;
        try {
            for (long i = 0; i < count; i++) {
                long due = start + i * TimeUnit.SECONDS.toNanos(1) / CALLS_A_SECOND;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                places.find(PlaceName.getDefaultInstance(), new Recorder(due, answers));
            }
            await().until(() -> answers.size() == count);
            return Outcome.of(answers.stream().filter((answer) -> answer.since() > end - last.toNanos()).toList());
        }
        finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /** Says which server it is. */
    @RpcService(PlacesGrpc.class)
    static final class TimedPlaces {

        private final int number;

        TimedPlaces(int number) {
            this.number = number;
        }

        Place find(PlaceName name) throws InterruptedException {
            Thread.sleep((this.number == 0) ? 4 * FAST_MILLIS : FAST_MILLIS);
            return Place.newBuilder().setZone(String.valueOf(this.number)).build();
        }

    }

    /** Remembers which server answered, and how late. */
    private record Recorder(long since, Queue<Answer> answers) implements StreamObserver<Place> {

        @Override
        public void onNext(Place place) {
            this.answers.add(new Answer(this.since, System.nanoTime() - this.since, place.getZone()));
        }

        @Override
        public void onError(Throwable thrown) {
        }

        @Override
        public void onCompleted() {
        }

    }

    /** One call. */
    private record Answer(long since, long nanos, String server) {
    }

    /**
     * How a policy did.
     *
     * @param share of the slow server
     * @param p99 milliseconds
     * @param calls how many counted
     */
    private record Outcome(double share, double p99, int calls) {

        static Outcome of(List<Answer> answers) {
            long[] times = answers.stream().mapToLong(Answer::nanos).sorted().toArray();
            double slow = answers.stream().filter((answer) -> answer.server().equals("0")).count();
            return new Outcome(slow / answers.size(), times[(int) (times.length * 0.99)] / 1e6, times.length);
        }

    }

    /** Knows the three servers. */
    private final class Fixed extends NameResolverProvider {

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return "three";
        }

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return new NameResolver() {

                @Override
                public String getServiceAuthority() {
                    return "three";
                }

                @Override
                public void start(Listener2 listener) {
                    listener.onResult(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(WeightedBalancingTests.this.servers.stream()
                            .map((server) -> new EquivalentAddressGroup(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port())))
                            .toList()))
                        .build());
                }

                @Override
                public void shutdown() {
                }

            };
        }

    }

}
