package io.rpcspring.client.security;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.rpcspring.RpcStream;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RuntimeChannel;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Calls get tokens of a real authorization server, which counts how often it is asked.
 */
@ExtendWith(SharedTokenServer.class)
class RegisteredTokensTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start();

    private final TokenServer tokens;

    private ApplicationContextRunner runner = new ApplicationContextRunner();

    RegisteredTokensTests(TokenServer tokens) {
        this.tokens = tokens;
    }

    @BeforeEach
    void configure() {
        this.runner = this.server.runner("places", "oauth2.registration=tours")
            .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class))
            .withPropertyValues(this.tokens.registration("tours"));
    }

    private static PlacesGrpc.PlacesBlockingStub places(ApplicationContext context) {
        return PlacesGrpc.newBlockingStub(channel(context)).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static Channel channel(ApplicationContext context) {
        return context.getBean(RpcChannels.class).get("places");
    }

    private List<String> sent() {
        return this.server.calls.stream().map((call) -> String.valueOf(call.header("authorization"))).toList();
    }

    @Test
    void callsOfEveryKindCarryOneTokenThatIsFetchedOnce() {
        this.runner.run((context) -> {
            assertThat(this.tokens.requests()).isZero();
            places(context).find(ZURICH);
            places(context).find(ZURICH);
            try (RpcStream<Note, Note> notes = RpcStream.open(channel(context), PlacesGrpc.getNotesMethod())) {
                notes.send(Note.getDefaultInstance());
                assertThat(notes.next()).isNotNull();
            }
            assertThat(sent()).hasSize(3).allMatch(sent().get(0)::equals).first().asString().startsWith("Bearer ey");
            assertThat(this.tokens.requests()).isOne();
        });
    }

    /**
     * Spring's own manager takes a token of less than a minute for one that has ended.
     */
    @Test
    void tokensOfSecondsAreNotFetchedPerCall() {
        this.tokens.lifetime(Duration.ofSeconds(50));
        this.runner.run((context) -> {
            IntStream.range(0, 50).forEach((i) -> places(context).find(ZURICH));
            assertThat(this.tokens.requests()).isOne();
        });
    }

    @Test
    void thousandCallsAtTheEndOfTheTokenAskOnce() {
        this.tokens.lifetime(Duration.ofSeconds(1));
        this.runner.run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = places(context);
            places.find(ZURICH);
            String first = sent().get(0);
            Instant ended = Instant.now().plusSeconds(1);
            this.tokens.lifetime(Duration.ofHours(1));
            await().until(() -> Instant.now().isAfter(ended));
            this.server.calls.clear();
            fromThreads(32, 1000, () -> places.find(ZURICH));
            assertThat(this.tokens.requests()).isEqualTo(2);
            assertThat(sent()).hasSize(1000).doesNotContain(first).allMatch(sent().get(0)::equals);
        });
    }

    private static void fromThreads(int threads, int calls, Runnable call) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<Object>> all = IntStream.range(0, threads).mapToObj((thread) -> pool.submit(() -> {
                start.await(20, TimeUnit.SECONDS);
                IntStream.range(0, calls).filter((i) -> i % threads == thread).forEach((i) -> call.run());
                return (Object) thread;
            })).toList();
            for (Future<Object> one : all) {
                one.get(40, TimeUnit.SECONDS);
            }
        }
        finally {
            pool.shutdownNow();
        }
    }

    @Test
    void waitingCallEndsWithItsDeadlineAndHoldsUpNobody() {
        this.tokens.hold();
        this.runner.withPropertyValues(this.server.asTargetOf("open"), "rpc.client.channels.open.bearer=mine")
            .run((context) -> {
                PlacesGrpc.PlacesFutureStub future = PlacesGrpc.newFutureStub(channel(context));
                Future<?> patient = future.find(ZURICH);
                Future<?> givenUp = future.find(ZURICH);
                assertThat(Status
                    .fromThrowable(failure(() -> PlacesGrpc.newBlockingStub(channel(context))
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                        .find(ZURICH)))
                    .getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
                givenUp.cancel(true);
                assertThat(PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("open")).find(ZURICH))
                    .isNotNull();
                this.tokens.release();
                assertThat(patient.get(20, TimeUnit.SECONDS)).isNotNull();
                assertThat(this.tokens.requests()).isOne();
                assertThat(sent()).hasSize(2).startsWith("Bearer mine");
            });
    }

    private static Throwable failure(Runnable call) {
        return catchThrowable(call::run);
    }

    @Test
    void callThatBringsItsOwnKeepsIt() {
        Metadata own = new Metadata();
        own.put(AUTHORIZATION, "Bearer own");
        this.runner.run((context) -> {
            places(context).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(own)).find(ZURICH);
            places(context).withCallCredentials(new Badge()).find(ZURICH);
            assertThat(sent()).containsExactly("Bearer own", "Bearer badge");
        });
    }

    @Test
    void channelsThatNameOneRegistrationShareItsToken() {
        this.runner
            .withPropertyValues("rpc.client.defaults.oauth2.registration=tours", this.server.asTargetOf("inherits"),
                    this.server.asTargetOf("off"), "rpc.client.channels.off.oauth2.registration=")
            .run((context) -> {
                RpcChannels channels = context.getBean(RpcChannels.class);
                for (String name : List.of("places", "inherits", "off")) {
                    PlacesGrpc.newBlockingStub(channels.get(name)).find(ZURICH);
                }
                try (RuntimeChannel channel = channels.open("localhost:" + this.server.port())) {
                    PlacesGrpc.newBlockingStub(channel).find(ZURICH);
                }
                String token = sent().get(0);
                assertThat(sent()).containsExactly(token, token, "null", token);
                assertThat(this.tokens.requests()).isOne();
            });
    }

    @Test
    void eachAttemptOfACallHasTheToken() {
        this.server.failNext(2, Status.UNAVAILABLE, null);
        this.runner
            .withPropertyValues("rpc.client.channels.places.retry.max-attempts=3",
                    "rpc.client.channels.places.retry.initial-backoff=1ms")
            .run((context) -> {
                places(context).find(ZURICH);
                assertThat(sent()).hasSize(3).allMatch(sent().get(0)::equals).first().asString().startsWith("Bearer ");
            });
    }

    @Test
    void threadsThatAskAreNamedAndHaveNothingOfTheCaller() {
        this.tokens.hold();
        this.runner.run((context) -> {
            CountDownLatch done = new CountDownLatch(1);
            channel(context).newCall(PlacesGrpc.getFindMethod(), CallOptions.DEFAULT);
            PlacesGrpc.newFutureStub(channel(context)).find(ZURICH).addListener(done::countDown, Runnable::run);
            await().until(() -> this.tokens.requests() == 1);
            assertThat(Thread.getAllStackTraces().keySet()).filteredOn((thread) -> thread.getName().startsWith("rpc-t"))
                .isNotEmpty()
                .allSatisfy((thread) -> {
                    assertThat(thread.getName()).matches("rpc-tokens-[0-9]+");
                    assertThat(thread.isDaemon()).isTrue();
                });
            this.tokens.release();
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        });
    }

    /** Credentials that a call brings. */
    private static final class Badge extends CallCredentials {

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer badge");
            applier.apply(headers);
        }

    }

}
