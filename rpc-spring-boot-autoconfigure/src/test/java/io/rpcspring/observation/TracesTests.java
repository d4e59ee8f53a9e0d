package io.rpcspring.observation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.SeenSpans;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.server.error.CallFailures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One trace goes through everything that a call goes through, and each call has one span
 * on each side, however it ends. Threads are virtual where the JVM has them.
 */
class TracesTests {

    private static final String FIND = "places.v1.Places/Find";

    private static final TracedApplication application = TracedApplication.start("server.port=0",
            "server.address=127.0.0.1", "spring.main.register-shutdown-hook=false",
            "spring.threads.virtual.enabled=true", "rpc.server.pools.small.size=1",
            "rpc.server.pools.small.queue-capacity=1", "rpc.client.channels.retrying.retry.max-attempts=3",
            "rpc.client.channels.retrying.retry.codes=UNAVAILABLE",
            "rpc.client.channels.retrying.retry.initial-backoff=1ms",
            "rpc.client.channels.retrying.target=localhost:${local.rpc.server.port}");

    /** Those of the scheduled task, which comes first. */
    private static List<SpanData> scheduled = List.of();

    private final TracedApplication.StuckClock clock = application.context()
        .getBean(TracedApplication.StuckClock.class);

    private final Channel places = application.channel("places");

    @BeforeAll
    static void awaitScheduledTask() {
        scheduled = application.spans().ended(5);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        application.spans().forget();
        this.clock.entered.set(0);
    }

    @ParameterizedTest
    @ValueSource(strings = { "Find", "Within", "Travel", "Notes", "own thread" })
    void oneTraceGoesFromHttpThroughHandlersToTheNextServer(String kind) throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        assertThat(application.get("/call/" + kind.replace(" ", "%20"), "00-" + trace + "-b7ad6b7169203331-01"))
            .isEqualTo("OK");
        List<SpanData> spans = application.spans().ended(5);
        SpanData http = SeenSpans.find(spans, "http get /call/{kind}", SpanKind.SERVER, null);
        assertThat(http.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertCalls(spans, http, "places.v1.Places/" + (kind.contains(" ") ? "Find" : kind));
        assertThat(spans).allSatisfy((span) -> assertThat(span.getTraceId()).isEqualTo(trace));
    }

    @Test
    void scheduledTaskBeginsTheTraceOfItsCalls() {
        SpanData task = SeenSpans.find(scheduled, "task nightly.run", SpanKind.INTERNAL, null);
        assertThat(task.getParentSpanContext().isValid()).isFalse();
        assertCalls(scheduled, task, FIND);
    }

    /** A call by whoever began the trace, and one by its handler. */
    private static void assertCalls(List<SpanData> spans, SpanData root, String method) {
        SpanData client = SeenSpans.find(spans, method, SpanKind.CLIENT, root);
        SpanData server = SeenSpans.find(spans, method, SpanKind.SERVER, client);
        SpanData inner = SeenSpans.find(spans, FIND, SpanKind.CLIENT, server);
        SpanData last = SeenSpans.find(spans, FIND, SpanKind.SERVER, inner);
        assertThat(spans).allSatisfy((span) -> assertThat(span.getTraceId()).isEqualTo(root.getTraceId()))
            .allSatisfy((span) -> assertThat(span.getEvents()).isEmpty());
        assertThat(SeenSpans.text(last, "rpc.pool")).isEqualTo("default");
        assertThat(SeenSpans.text(last, "rpc.waited_ms")).matches("\\d+");
        assertThat(SeenSpans.text(last, "rpc.attempt")).isEqualTo("1");
        assertThat(SeenSpans.text(last, "grpc.status_code")).isEqualTo("OK");
        assertThat(SeenSpans.text(last, "net.peer.name")).isEqualTo("127.0.0.1");
        assertThat(SeenSpans.text(inner, "net.peer.port"))
            .isEqualTo(application.context().getEnvironment().getProperty("local.rpc.server.port"));
        assertThat(SeenSpans.text(inner, "rpc.attempts")).isEqualTo("1");
    }

    @Test
    void failureHasItsIdAndTheTraceInOneLine() {
        Logger logger = (Logger) LoggerFactory.getLogger(CallFailures.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        assertThat(TracedApplication.call(this.places, "broken one").is(Code.UNKNOWN)).isTrue();
        logger.detachAppender(lines);
        SpanData server = SeenSpans.find(application.spans().ended(2), FIND, SpanKind.SERVER, null);
        assertThat(SeenSpans.line(server)).isEqualTo("SERVER UNKNOWN, error");
        assertThat(lines.list).singleElement().satisfies((line) -> {
            assertThat(line.getFormattedMessage()).startsWith("Call of places.v1.Places/Find failed, id ");
            assertThat(line.getMDCPropertyMap()).containsEntry("traceId", server.getTraceId())
                .containsEntry("rpc.method", "Find");
        });
    }

    @Test
    void eachAttemptIsASpanOfTheServerBelowTheOneOfItsClient() {
        assertThat(TracedApplication.call(application.channel("retrying"), "third time").is(Code.OK)).isTrue();
        List<SpanData> spans = application.spans().ended(4);
        SpanData client = SeenSpans.find(spans, FIND, SpanKind.CLIENT, null);
        assertThat(SeenSpans.line(client)).isEqualTo("CLIENT OK");
        assertThat(SeenSpans.text(client, "rpc.attempts")).isEqualTo("3");
        List<SpanData> attempts = spans.stream().filter((span) -> span.getKind() == SpanKind.SERVER).toList();
        assertThat(attempts).extracting((span) -> SeenSpans.text(span, "rpc.attempt") + " " + SeenSpans.line(span))
            .containsExactlyInAnyOrder("1 SERVER UNAVAILABLE, error", "2 SERVER UNAVAILABLE, error", "3 SERVER OK");
        assertThat(attempts).allSatisfy((span) -> assertThat(span.getParentSpanId()).isEqualTo(client.getSpanId()));
    }

    @Test
    void cancelledCallIsCancelledOnBothSidesAndNoErrorOfTheServer() {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        ClientCall<PlaceName, LocalTime> call = stuck(end, CallOptions.DEFAULT, new Metadata());
        await().until(() -> this.clock.entered.get() == 1);
        call.cancel("enough", null);
        assertThat(end.join().is(Code.CANCELLED)).isTrue();
        assertThat(lines(2)).containsExactlyInAnyOrder("CLIENT CANCELLED, error", "SERVER CANCELLED");
    }

    @Test
    void callThatExpiresWhileItRunsHasASpanOnEachSide() {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        stuck(end, CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS), new Metadata());
        await().until(() -> this.clock.entered.get() == 1);
        assertThat(end.join().is(Code.DEADLINE_EXCEEDED)).isTrue();
        List<SpanData> spans = application.spans().ended(2);
        SpanData client = SeenSpans.find(spans, "clock.v1.Clock/TimeAt", SpanKind.CLIENT, null);
        assertThat(SeenSpans.line(client)).isEqualTo("CLIENT DEADLINE_EXCEEDED, error");
        assertThat(Integer.parseInt(SeenSpans.text(client, "rpc.deadline_left_ms"))).isBetween(1, 2000);
        // Which clock is quicker decides.
        SpanData server = SeenSpans.find(spans, "clock.v1.Clock/TimeAt", SpanKind.SERVER, client);
        assertThat(SeenSpans.line(server)).isIn("SERVER CANCELLED", "SERVER DEADLINE_EXCEEDED, error");
        assertThat(Integer.parseInt(SeenSpans.text(server, "rpc.deadline_left_ms"))).isBetween(1, 2000);
    }

    @Test
    void callsThatNeverHaveAThreadHaveOnlyTheSpanOfTheirClient() {
        CompletableFuture<Ended> running = new CompletableFuture<>();
        stuck(running, CallOptions.DEFAULT, new Metadata());
        await().until(() -> this.clock.entered.get() == 1);

        Metadata expiring = new Metadata();
        expiring.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "50m");
        CompletableFuture<Ended> expired = new CompletableFuture<>();
        stuck(expired, CallOptions.DEFAULT, expiring);
        assertThat(expired.join().is(Code.DEADLINE_EXCEEDED)).isTrue();
        await().until(() -> application.pool("small").waiting() == 0);

        CompletableFuture<Ended> cancelled = new CompletableFuture<>();
        ClientCall<PlaceName, LocalTime> waiting = stuck(cancelled, CallOptions.DEFAULT, new Metadata());
        await().until(() -> application.pool("small").waiting() == 1);
        CompletableFuture<Ended> refused = new CompletableFuture<>();
        stuck(refused, CallOptions.DEFAULT, new Metadata());
        assertThat(refused.join().is(Code.RESOURCE_EXHAUSTED)).isTrue();
        waiting.cancel("enough", null);
        assertThat(cancelled.join().is(Code.CANCELLED)).isTrue();
        await().until(() -> application.pool("small").waiting() == 0);

        this.clock.release.release();
        assertThat(running.join().is(Code.OK)).isTrue();
        assertThat(lines(5)).containsExactlyInAnyOrder("CLIENT DEADLINE_EXCEEDED, error", "CLIENT CANCELLED, error",
                "CLIENT RESOURCE_EXHAUSTED, error", "CLIENT OK", "SERVER OK");
        assertThat(this.clock.entered).hasValue(1);
    }

    private ClientCall<PlaceName, LocalTime> stuck(CompletableFuture<Ended> end, CallOptions options,
            Metadata headers) {
        ClientCall<PlaceName, LocalTime> call = Flood.open(this.places, ClockGrpc.getTimeAtMethod(), options, headers,
                end);
        call.sendMessage(PlaceName.getDefaultInstance());
        call.halfClose();
        return call;
    }

    private static List<String> lines(int spans) {
        return application.spans().ended(spans).stream().map(SeenSpans::line).toList();
    }

}
