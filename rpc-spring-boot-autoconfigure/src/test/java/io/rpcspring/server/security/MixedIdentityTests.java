package io.rpcspring.server.security;

import java.security.Principal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServerCustomizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many callers at once, calls that are given up, come too late or are refused: nobody is
 * ever taken for somebody else, and nobody stays behind on a thread.
 */
class MixedIdentityTests {

    private static final Metadata.Key<String> EXPECTED = Metadata.Key.of("expected", Metadata.ASCII_STRING_MARSHALLER);

    private static final int CALLS = 10_000;

    private static final int IDENTITIES = 50;

    private static final AtomicInteger seen = new AtomicInteger();

    private static final AtomicInteger mismatches = new AtomicInteger();

    private static final AtomicInteger leftBehind = new AtomicInteger();

    private final List<String> tokens = IntStream.range(0, IDENTITIES)
        .mapToObj((i) -> Tokens.of("caller " + i))
        .toList();

    static Stream<String> threads() {
        return (Runtime.version().feature() >= 21) ? Stream.of("platform", "virtual") : Stream.of("platform");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void nobodyIsTakenForSomebodyElse(String threads) throws Exception {
        List.of(seen, mismatches, leftBehind).forEach((count) -> count.set(0));
        try (PlacesServer server = Secured.start(List.of(Checked.class, Inner.class, Outer.class, Tokens.decoder()),
                "rpc.server.security.default-access=permit-all",
                "rpc.server.security.rules.[places.v1.Places].methods.Travel=authenticated",
                "rpc.server.pools.default.type=" + threads, "rpc.server.pools.default.size=8",
                "rpc.server.pools.default.queue-capacity=24", "rpc.server.pools.streams.type=" + threads,
                "rpc.server.pools.streams.size=8", "rpc.server.pools.streams.queue-capacity=24")) {
            Map<Status.Code, Integer> codes = flood(server);
            server.awaitIdle();
            assertThat(mismatches).hasValue(0);
            assertThat(leftBehind).hasValue(0);
            assertThat(seen.get()).isGreaterThan(CALLS);
            assertThat(codes).containsKeys(Status.Code.OK, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED,
                    Status.Code.UNAUTHENTICATED, Status.Code.RESOURCE_EXHAUSTED);
            assertThat(codes.get(Status.Code.OK)).isGreaterThan(CALLS / 2);
        }
    }

    private Map<Status.Code, Integer> flood(PlacesServer server) throws InterruptedException {
        Random random = new Random(7);
        Semaphore inFlight = new Semaphore(80);
        List<MethodDescriptor<?, ?>> kinds = Flood.kinds().toList();
        List<CompletableFuture<Ended>> ends = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            inFlight.acquire();
            CompletableFuture<Ended> end = new CompletableFuture<>();
            var unused = end.whenComplete((ended, failure) -> inFlight.release());
            start(server, kinds.get(random.nextInt(kinds.size())), random, end);
            ends.add(end);
        }
        Map<Status.Code, Integer> codes = new EnumMap<>(Status.Code.class);
        for (CompletableFuture<Ended> end : ends) {
            codes.merge(end.orTimeout(30, TimeUnit.SECONDS).join().status().getCode(), 1, Integer::sum);
        }
        return codes;
    }

    private <Q> void start(PlacesServer server, MethodDescriptor<Q, ?> kind, Random random,
            CompletableFuture<Ended> end) {
        int caller = random.nextInt(IDENTITIES + 1);
        boolean bad = random.nextInt(20) == 0;
        Metadata headers = (caller == IDENTITIES) ? Secured.nobody() : Secured.bearer(this.tokens.get(caller));
        headers.put(EXPECTED, (caller == IDENTITIES) ? "anonymousUser" : "caller " + caller);
        if (bad) {
            headers = Secured.bearer("bad");
        }
        CallOptions options = (random.nextInt(20) == 0)
                ? CallOptions.DEFAULT.withDeadlineAfter(random.nextInt(3), TimeUnit.MILLISECONDS) : CallOptions.DEFAULT;
        ClientCall<Q, ?> call = Flood.open(server.channel(), kind, options, headers, end);
        call.sendMessage(Flood.request(kind));
        if (random.nextInt(20) == 0) {
            call.cancel("on purpose", null);
        }
        else {
            call.halfClose();
        }
    }

    private static void check(@Nullable String expected, @Nullable String... seenAs) {
        seen.incrementAndGet();
        if (!Stream.of(seenAs).allMatch((name) -> Objects.equals(name, expected))) {
            mismatches.incrementAndGet();
        }
    }

    private static void check(RpcContext call) {
        Principal principal = call.principal();
        check(call.requestHeaders().get(EXPECTED), WhoPlaces.here(),
                (principal != null) ? principal.getName() : "anonymousUser");
    }

    /** Looks who calls before and after it works. */
    @RpcService(PlacesGrpc.class)
    static class Checked {

        Place find(PlaceName name, RpcContext call) {
            check(call);
            return Place.getDefaultInstance();
        }

        void within(Area area, MessageSender<Place> out, RpcContext call) {
            check(call);
            out.send(Place.getDefaultInstance());
            check(call);
        }

        Distance travel(MessageReceiver<Point> in, RpcContext call) {
            check(call);
            in.forEach((point) -> check(call));
            check(call);
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext call) {
            check(call);
            in.forEach(out::send);
            check(call);
        }

    }

    /** Looks who calls. */
    @RpcInterceptor
    static class Inner implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            check(headers.get(EXPECTED), WhoPlaces.here());
            return next.startCall(call, headers);
        }

    }

    /** Looks whether somebody is still there when nobody can be. */
    static class Outer implements RpcServerCustomizer {

        @Override
        public void customize(ServerBuilder<?> builder) {
            builder.intercept(new ServerInterceptor() {

                @Override
                public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                        ServerCallHandler<Q, R> next) {
                    if (WhoPlaces.here() != null) {
                        leftBehind.incrementAndGet();
                    }
                    return next.startCall(call, headers);
                }

            });
        }

    }

}
