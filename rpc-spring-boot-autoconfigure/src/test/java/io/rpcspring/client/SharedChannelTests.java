package io.rpcspring.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcClient;
import io.rpcspring.fixture.ConnectionCounter;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * One channel per name, through the wire.
 */
class SharedChannelTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String THIS_SERVER = "localhost:${local.rpc.server.port}";

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(MarkedPlaces.class)
        .withBean(ConnectionCounter.class)
        .withPropertyValues("rpc.client.channels.places.target=" + THIS_SERVER);

    @Test
    void fiftyBeansOfFiveStubKindsCalledFromManyThreadsAreOneConnection() {
        ApplicationContextRunner fifty = this.runner;
        for (int i = 0; i < 10; i++) {
            fifty = fifty.withBean("blocking" + i, Blocking.class)
                .withBean("blockingV2" + i, BlockingV2.class)
                .withBean("future" + i, Later.class)
                .withBean("async" + i, Async.class)
                .withBean("raw" + i, Raw.class);
        }
        fifty.run((context) -> {
            List<Finder> finders = List.copyOf(context.getBeansOfType(Finder.class).values());
            assertThat(finders).hasSize(50);
            List<Integer> found = inParallel(32, () -> {
                for (Finder finder : finders) {
                    assertThat(finder.find().getName()).isEqualTo("Zurich");
                }
                return finders.size();
            });
            assertThat(found).hasSize(32).containsOnly(50);
            assertThat(context.getBean(ConnectionCounter.class).count()).isEqualTo(1);
        });
    }

    @Test
    void twoNamesAreTwoConnectionsThoughTheirTargetIsTheSame() {
        this.runner.withPropertyValues("rpc.client.channels.atlas.target=" + THIS_SERVER).run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            assertThat(channels.names()).containsExactly("atlas", "places");
            assertThat(channels.get("atlas")).isNotSameAs(channels.get("places")).hasToString("channel 'atlas'");
            for (String name : channels.names()) {
                assertThat(PlacesGrpc.newBlockingStub(channels.get(name)).find(ZURICH).getName()).isEqualTo("Zurich");
            }
            assertThat(context.getBean(ConnectionCounter.class).count()).isEqualTo(2);
        });
    }

    @Test
    void threadsThatAskForTheSameNewNameShareOneConnection() {
        this.runner.run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            CyclicBarrier start = new CyclicBarrier(64);
            List<Channel> got = inParallel(64, () -> {
                start.await();
                Channel channel = channels.get("places");
                PlacesGrpc.newBlockingStub(channel).find(ZURICH);
                return channel;
            });
            assertThat(got).hasSize(64).containsOnly(channels.get("places"));
            assertThat(context.getBean(ConnectionCounter.class).count()).isEqualTo(1);
        });
    }

    @Test
    void channelsConnectWithTheirFirstCall() {
        this.runner.run((context) -> {
            Channel channel = context.getBean(RpcChannels.class).get("places");
            assertThat(channel.authority()).startsWith("localhost:");
            assertThat(context.getBean(ConnectionCounter.class).count()).isZero();
        });
    }

    @Test
    void targetsOfAllFormsReachTheServer() {
        this.runner
            .withPropertyValues("rpc.client.channels.dns.target=dns:///" + THIS_SERVER,
                    "rpc.client.channels.v4.target=127.0.0.1:${local.rpc.server.port}")
            .run((context) -> {
                for (String name : List.of("dns", "v4")) {
                    Channel channel = context.getBean(RpcChannels.class).get(name);
                    assertThat(PlacesGrpc.newBlockingStub(channel).find(ZURICH).getName()).isEqualTo("Zurich");
                }
            });
    }

    @Test
    void customizersHaveTheLastWordOnEachChannel() {
        List<String> customized = new ArrayList<>();
        this.runner.withBean(RpcChannelCustomizer.class, () -> (channel, builder) -> {
            customized.add(channel);
            builder.overrideAuthority("places.example.org");
        }).run((context) -> {
            Channel channel = context.getBean(RpcChannels.class).get("places");
            assertThat(channel.authority()).isEqualTo("places.example.org");
            assertThat(channel.authority()).isEqualTo("places.example.org");
            assertThat(customized).containsExactly("places");
        });
    }

    @Test
    void channelsAreClosedAfterAllBeansAlsoThoseThatAskLate() {
        List<String> farewells = new ArrayList<>();
        StarterRunner.withServerOnFreePort()
            .withBean(MarkedPlaces.class)
            .run((remote) -> StarterRunner.withServerOnFreePort()
                .withPropertyValues("rpc.client.channels.places.target=localhost:"
                        + remote.getEnvironment().getProperty("local.rpc.server.port"))
                .withBean(Farewell.class)
                .withBean("farewells", List.class, () -> farewells)
                .run((context) -> {
                    RpcChannels channels = context.getBean(RpcChannels.class);
                    context.close();
                    assertThat(farewells).containsExactly("Zurich");
                    assertThatIllegalStateException().isThrownBy(() -> channels.get("places").authority())
                        .withMessage("The channel 'places' is closed with its application context");
                }));
    }

    @Test
    void aClientOnlyApplicationHasNoServer() {
        StarterRunner.withServerOnFreePort()
            .withBean(MarkedPlaces.class)
            .run((remote) -> StarterRunner.withServerOnFreePort()
                .withPropertyValues("rpc.client.channels.places.target=localhost:"
                        + remote.getEnvironment().getProperty("local.rpc.server.port"))
                .withBean(Blocking.class)
                .run((context) -> {
                    assertThat(context.getBean(Blocking.class).find().getName()).isEqualTo("Zurich");
                    assertThat(context.getEnvironment().getProperty("local.rpc.server.port")).isNull();
                }));
    }

    private static <T> List<T> inParallel(int threads, Callable<T> task) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : executor.invokeAll(Stream.generate(() -> task).limit(threads).toList())) {
                results.add(result.get(30, TimeUnit.SECONDS));
            }
            return results;
        }
        finally {
            executor.shutdownNow();
        }
    }

    /** Finds Zurich with some kind of stub. */
    private interface Finder {

        Place find() throws Exception;

    }

    /** Uses the blocking stub. */
    private record Blocking(@RpcClient("places") PlacesGrpc.PlacesBlockingStub stub) implements Finder {

        @Override
        public Place find() {
            return this.stub.find(ZURICH);
        }

    }

    /** Uses the blocking V2 stub. */
    private record BlockingV2(@RpcClient("places") PlacesGrpc.PlacesBlockingV2Stub stub) implements Finder {

        @Override
        public Place find() throws Exception {
            return this.stub.find(ZURICH);
        }

    }

    /** Uses the future stub. */
    private record Later(@RpcClient("places") PlacesGrpc.PlacesFutureStub stub) implements Finder {

        @Override
        public Place find() throws Exception {
            return this.stub.find(ZURICH).get(30, TimeUnit.SECONDS);
        }

    }

    /** Uses the asynchronous stub. */
    private record Async(@RpcClient("places") PlacesGrpc.PlacesStub stub) implements Finder {

        @Override
        public Place find() throws Exception {
            CompletableFuture<Place> found = new CompletableFuture<>();
            this.stub.find(ZURICH, new StreamObserver<>() {

                @Override
                public void onNext(Place place) {
                    found.complete(place);
                }

                @Override
                public void onError(Throwable failure) {
                    found.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {
                    found.completeExceptionally(new IllegalStateException("no place"));
                }

            });
            return found.get(30, TimeUnit.SECONDS);
        }

    }

    /** Uses the channel itself. */
    private record Raw(@RpcClient("places") Channel channel) implements Finder {

        @Override
        public Place find() {
            return ClientCalls.blockingUnaryCall(this.channel, PlacesGrpc.getFindMethod(), CallOptions.DEFAULT, ZURICH);
        }

    }

    /** Makes its first call when it is destroyed. */
    static class Farewell implements AutoCloseable {

        private final ObjectProvider<PlacesGrpc.PlacesBlockingStub> places;

        private final List<String> farewells;

        Farewell(@RpcClient("places") ObjectProvider<PlacesGrpc.PlacesBlockingStub> places, List<String> farewells) {
            this.places = places;
            this.farewells = farewells;
        }

        @Override
        public void close() {
            this.farewells.add(this.places.getObject().find(ZURICH).getName());
        }

    }

}
