package io.rpcspring.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcError;
import io.rpcspring.RpcErrorReason;
import io.rpcspring.RpcStream;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.sample.places.PlacesGrpc.PlacesFutureStub;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Faults through the wire: what deadlines, retries and hedging make of them.
 */
class RpcFaultsTests {

    private static final PlaceName OSLO = PlaceName.newBuilder().setName("Oslo").build();

    private static final Metadata.Key<String> PUSHBACK = Metadata.Key.of("grpc-retry-pushback-ms",
            Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    static final ToolsServer server = new ToolsServer();

    /** Where a fault is. */
    enum Side {

        /** On the server, which the call reaches through the network. */
        SERVER("places"),

        /** On the client, which calls through the network. */
        CLIENT("places"),

        /** On the server, which the call reaches within the JVM. */
        SERVER_INSIDE("inside"),

        /** On the client, which calls within the JVM. */
        CLIENT_INSIDE("inside");

        final String channel;

        Side(String channel) {
            this.channel = channel;
        }

        boolean isServer() {
            return this == SERVER || this == SERVER_INSIDE;
        }

        RpcFaults.Rule rule() {
            return isServer() ? server.faults().onServer() : server.faults().onClient(this.channel);
        }

    }

    @Test
    void faultsOfAClientHitAttemptsSoRetryGetsOverThem() {
        RpcFaults.Fault fault = server.faults()
            .onClient("retrying")
            .method(PlacesGrpc.getFindMethod())
            .times(2)
            .fail(Code.UNAVAILABLE, "gone");
        assertThat(server.stub("retrying").find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(fault.hits()).isEqualTo(2);
        assertThat(server.handled()).isEqualTo(1);
        assertThat(server.recorder()).sent("retrying", PlacesGrpc.getFindMethod()).once().withAttempts(3);
        assertThat(server.recorder()).received(PlacesGrpc.getFindMethod()).once().withAttempts(3);
    }

    @Test
    void retryGivesUpAfterAsManyAttemptsAsItMayMake() {
        RpcFaults.Fault fault = server.faults().onClient("retrying").times(3).fail(Code.UNAVAILABLE, "gone");
        assertThat(failure("retrying").getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(fault.hits()).isEqualTo(3);
        assertThat(server.handled()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void callsFailWithTheStatusAndItsDetails(Side side) {
        RpcError error = RpcError.of(Code.ABORTED, "later", RetryInfo.newBuilder().build());
        side.rule().times(1).fail(error);
        assertThat(RpcError.from(failure(side.channel))).isEqualTo(error);
        assertThat(server.stub(side.channel).find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(server.handled()).isEqualTo(1);
    }

    @Test
    void clientsFailWithoutAServer() {
        server.faults().onClient("nowhere").fail(Code.NOT_FOUND, "no such place");
        assertThat(failure("nowhere").getStatus().getDescription()).isEqualTo("no such place");
    }

    @Test
    void hedgedCallsGetOverAnAttemptThatIsHeldUp() {
        server.faults().onClient("hedging").times(1).delay(Duration.ofHours(1));
        assertThat(server.stub("hedging").find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(server.handled()).isEqualTo(1);
        assertThat(server.recorder()).sent("hedging", PlacesGrpc.getFindMethod()).withAttempts(2).endedWith(Code.OK);
    }

    @ParameterizedTest
    @EnumSource
    void deadlinesEndCallsThatAreHeldUp(Side side) {
        side.rule().delay(Duration.ofHours(1));
        StatusRuntimeException failure = failure(
                () -> server.stub(side.channel).withDeadlineAfter(200, TimeUnit.MILLISECONDS).find(OSLO));
        assertThat(failure.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(server.handled()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void delayedCallsGoOn(Side side) {
        side.rule().delay(Duration.ofMillis(20));
        long start = System.nanoTime();
        assertThat(server.stub(side.channel).find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(System.nanoTime() - start).isGreaterThan(20_000_000);
        assertThat(places(side.channel, 3)).containsExactly("Place 0", "Place 1", "Place 2");
    }

    @Test
    void resetLetsGoTheCallsThatTheServerHoldsUp() throws Exception {
        RpcFaults.Fault fault = server.faults().onServer().delay(Duration.ofHours(1));
        Future<Place> found = PlacesGrpc.newFutureStub(server.channel("places")).find(OSLO);
        Awaitility.await().until(() -> fault.hits() == 1);
        server.faults().reset();
        assertThat(found.get(30, TimeUnit.SECONDS).getName()).isEqualTo("Oslo");
    }

    @ParameterizedTest
    @EnumSource
    void fullPoolAnswersAsARealOneDoes(Side side) {
        side.rule().poolFull();
        StatusRuntimeException failure = failure(side.channel);
        assertThat(failure.getStatus().getDescription())
            .isEqualTo("pool 'default' is full (0 running, 0 waiting) (RpcFaults)");
        assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(failure.getTrailers().get(PUSHBACK)).isEqualTo("10");
        assertThat(RpcErrorReason.of(RpcError.from(failure))).contains(RpcErrorReason.POOL_FULL);
        assertThat(RpcError.from(failure).find(RetryInfo.class)).isPresent();
    }

    @Test
    void retryComesBackToAFullPoolWhenItIsTold() {
        RpcFaults.Fault fault = server.faults().onServer().times(1).poolFull();
        assertThat(server.stub("retrying").find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(fault.hits()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void streamsAreResetAndTheirConnectionLives(Side side) {
        RpcFaults.Fault fault = side.rule().times(2).reset();
        StatusRuntimeException failure = failure(side.channel);
        assertThat(failure.getStatus().getCode()).isEqualTo(Code.CANCELLED);
        assertThat(failure.getStatus().getDescription()).contains("RST_STREAM", "CANCEL");
        assertThat(failure(() -> places(side.channel, 1)).getStatus().getCode()).isEqualTo(Code.CANCELLED);
        assertThat(places(side.channel, 1)).hasSize(1);
        assertThat(fault.hits()).isEqualTo(2);
        assertThat(server.handled()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void serverIsGone(Side side) {
        side.rule().unavailable();
        assertThat(failure(side.channel).getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(server.handled()).isZero();
    }

    @Test
    void clientSaysThatTheServerIsGoneAsItSaysItOfARealOne() {
        server.faults().onClient("places").unavailable();
        assertThat(failure("places").getStatus().getDescription()).startsWith("io exception [channel 'places' to ")
            .endsWith(": Connection refused (RpcFaults)]");
    }

    @Test
    void callsThatWaitForAServerWaitUntilItIsBack() throws Exception {
        RpcFaults.Fault gone = server.faults().onClient("waiting").unavailable();
        Future<Place> found = PlacesGrpc.newFutureStub(server.channel("waiting")).find(OSLO);
        Awaitility.await().until(() -> gone.hits() == 1);
        assertThat(found.isDone()).isFalse();
        gone.close();
        assertThat(found.get(30, TimeUnit.SECONDS).getName()).isEqualTo("Oslo");
        server.faults().onClient("waiting").times(1).unavailable();
        assertThat(server.stub("waiting").withDeadlineAfter(30, TimeUnit.SECONDS).find(OSLO).getName())
            .isEqualTo("Oslo");
    }

    @ParameterizedTest
    @EnumSource
    void responsesComeUntilTheConnectionIsLost(Side side) {
        side.rule().dropAfter(2);
        List<String> got = new ArrayList<>();
        StatusRuntimeException failure = failure(() -> collect(side.channel, 100_000, got));
        assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(got).containsExactly("Place 0", "Place 1");
        got.clear();
        collect(side.channel, 1, got);
        assertThat(got).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void answerIsLostOfACallThatWasServed(Side side) {
        side.rule().dropAfter(0);
        assertThat(failure(side.channel).getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(server.handled()).isEqualTo(1);
    }

    @Test
    void retryRepeatsWhatWasServedWhenTheAnswerIsLost() {
        server.faults().onClient("retrying").times(1).dropAfter(0);
        assertThat(server.stub("retrying").find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(server.handled()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void requestsAreCountedWhereOnlyTheClientStreams(Side side) {
        RpcFaults.Fault fault = side.rule().dropAfter(3);
        assertThat(travel(side.channel, 2)).isEqualTo(2);
        assertThat(failure(() -> travel(side.channel, 3)).getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        fault.close();
        assertThat(travel(side.channel, 3)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void slowReaderSlowsTheStreamDown(Side side) {
        side.rule().slowReader(Duration.ofMillis(10));
        long start = System.nanoTime();
        if (side.isServer()) {
            assertThat(travel(side.channel, 4)).isEqualTo(4);
        }
        else {
            assertThat(places(side.channel, 4)).hasSize(4);
        }
        assertThat(System.nanoTime() - start).isGreaterThan(30_000_000);
    }

    @Test
    void bidirectionalStreamsPassThroughTheirFaults() {
        server.faults().onClient("places").slowReader(Duration.ofMillis(1));
        server.faults().onServer().slowReader(Duration.ofMillis(1));
        try (RpcStream<Note, Note> notes = RpcStream.open(server.channel("places"), PlacesGrpc.getNotesMethod())) {
            for (int i = 0; i < 20; i++) {
                notes.send(Note.newBuilder().setText("note " + i).build());
            }
            notes.halfClose();
            assertThat(IntStream.range(0, 20).mapToObj((i) -> notes.next().getText())).hasSize(20).endsWith("note 19");
            assertThat(notes.hasNext()).isFalse();
        }
    }

    @Test
    void compressionAndDeadlinePassThroughFaults() {
        server.faults().onClient("packed").delay(Duration.ofMillis(1));
        assertThat(server.stub("packed").find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(server.recorder()).received(PlacesGrpc.getFindMethod())
            .once()
            .withHeader("grpc-encoding", "gzip")
            .withDeadlineOfAtMost(Duration.ofSeconds(30));
    }

    @Test
    void rulesNarrowAndStayAsTheyAre() {
        RpcFaults.Rule all = server.faults().onServer();
        RpcFaults.Rule some = all.method(PlacesGrpc.getWithinMethod());
        RpcFaults.Fault fault = some.service(PlacesGrpc.SERVICE_NAME)
            .when((headers) -> "x".equals(headers.get(Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER))))
            .skip(1)
            .times(1)
            .fail(Code.ABORTED, "");
        all.service("clock.v1.Clock").fail(Code.ABORTED, "");
        assertThat(server.stub("places").find(OSLO).getName()).isEqualTo("Oslo");
        server.stub("retrying").within(Area.newBuilder().setRadiusKm(1).build()).next();
        assertThat(places("places", 1)).hasSize(1);
        assertThat(failure(() -> places("places", 1)).getStatus().getCode()).isEqualTo(Code.ABORTED);
        assertThat(places("places", 1)).hasSize(1);
        assertThat(fault.hits()).isEqualTo(1);
    }

    @Test
    void faultsAddUp() {
        RpcFaults.Fault delay = server.faults().onClient("places").delay(Duration.ofMillis(5));
        RpcFaults.Fault failing = server.faults().onClient("places").fail(Code.ABORTED, "first");
        RpcFaults.Fault never = server.faults().onClient("places").fail(Code.ABORTED, "second");
        assertThat(failure("places").getStatus().getDescription()).isEqualTo("first");
        assertThat(List.of(delay.hits(), failing.hits(), never.hits())).containsExactly(1, 1, 0);
        failing.close();
        failing.close();
        assertThat(failure("places").getStatus().getDescription()).isEqualTo("second");
    }

    @Test
    void percentageHitsTheSameCallsWithTheSameSeed() {
        List<Boolean> first = hits(7);
        assertThat(hits(7)).isEqualTo(first);
        assertThat(hits(8)).isNotEqualTo(first);
        assertThat(first).contains(true, false);
    }

    private static List<Boolean> hits(long seed) {
        armWith(seed, server.faults().onServer().percent(30));
        return failures("places", 50);
    }

    private static void armWith(long seed, RpcFaults.Rule rule) {
        server.faults().reset();
        server.faults().seed(seed);
        rule.fail(Code.ABORTED, "");
    }

    /** One after the other. */
    private static List<Boolean> failures(String channel, int calls) {
        PlacesBlockingStub places = server.stub(channel);
        return IntStream.range(0, calls).mapToObj((i) -> failureOf(() -> places.find(OSLO)) != null).toList();
    }

    /** Within two points of ten per cent; and with the same seed the same ones. */
    @ParameterizedTest
    @EnumSource(names = { "SERVER_INSIDE", "CLIENT_INSIDE" })
    void tenPercentOfTenThousandCallsFailAlsoIfTheyAreManyAtOnce(Side side) throws InterruptedException {
        armWith(42, side.rule().percent(10));
        List<Boolean> failed = failures(side.channel, 10_000);
        int howMany = Collections.frequency(failed, true);
        assertThat(howMany).isBetween(800, 1200);
        armWith(42, side.rule().percent(10));
        assertThat(failures(side.channel, 10_000)).isEqualTo(failed);
        armWith(42, side.rule().percent(10));
        assertThat(failuresAtOnce(side.channel, 10_000)).isEqualTo(howMany);
    }

    private static int failuresAtOnce(String channel, int calls) throws InterruptedException {
        PlacesFutureStub places = PlacesGrpc.newFutureStub(server.channel(channel));
        Semaphore room = new Semaphore(64);
        List<ListenableFuture<Place>> found = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            room.acquire();
            ListenableFuture<Place> one = places.find(OSLO);
            one.addListener(room::release, Runnable::run);
            found.add(one);
        }
        room.acquire(64);
        return (int) found.stream().filter(RpcFaultsTests::hasFailed).count();
    }

    private static boolean hasFailed(ListenableFuture<Place> call) {
        try {
            call.get();
            return false;
        }
        catch (ExecutionException ex) {
            return true;
        }
        catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Test
    void unknownChannelsAreRefused() {
        assertThatExceptionOfType(RpcConfigurationException.class).isThrownBy(() -> server.faults().onClient("plces"))
            .withMessage("The test names the channel 'plces', which is not configured. Configured channels: places,"
                    + " packed, inside, nowhere, hedging, waiting, retrying. Correct the name, or add"
                    + " rpc.client.channels.plces.");
    }

    @Test
    void whatCannotBeIsRefused() {
        RpcFaults.Rule rule = server.faults().onServer();
        assertThatIllegalArgumentException().isThrownBy(() -> rule.percent(101))
            .withMessage("percent is 101.0, not from 0 to 100");
        assertThatIllegalArgumentException().isThrownBy(() -> rule.percent(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> rule.times(0)).withMessage("times is 0, not 1 or more");
        assertThatIllegalArgumentException().isThrownBy(() -> rule.skip(-1)).withMessage("skip is -1, not 0 or more");
        assertThatIllegalArgumentException().isThrownBy(() -> rule.dropAfter(-1))
            .withMessage("messages is -1, not 0 or more");
        assertThatIllegalArgumentException().isThrownBy(() -> rule.delay(Duration.ofMillis(-1)))
            .withMessage("The delay is PT-0.001S, not 0 or more");
        assertThatIllegalArgumentException().isThrownBy(() -> rule.slowReader(Duration.ZERO))
            .withMessage("The time per message is PT0S, not more than 0");
        assertThatIllegalArgumentException().isThrownBy(() -> rule.fail(Code.OK, "")).withMessage("OK is no error");
    }

    private static List<String> places(String channel, int count) {
        List<String> names = new ArrayList<>();
        collect(channel, count, names);
        return names;
    }

    private static void collect(String channel, int count, List<String> names) {
        Iterator<Place> places = server.stub(channel).within(Area.newBuilder().setRadiusKm(count).build());
        places.forEachRemaining((place) -> names.add(place.getName()));
    }

    private static int travel(String channel, int points) {
        try (RpcStream<Point, Distance> trip = RpcStream.open(server.channel(channel), PlacesGrpc.getTravelMethod())) {
            for (int i = 0; i < points; i++) {
                trip.send(Point.getDefaultInstance());
            }
            return (int) trip.finish().getKilometres();
        }
    }

    private static StatusRuntimeException failure(String channel) {
        return failure(() -> server.stub(channel).find(OSLO));
    }

    private static StatusRuntimeException failure(Runnable call) {
        return Objects.requireNonNull(failureOf(call), "The call did not fail");
    }

    private static @Nullable StatusRuntimeException failureOf(Runnable call) {
        try {
            call.run();
            return null;
        }
        catch (StatusRuntimeException ex) {
            return ex;
        }
    }

}
