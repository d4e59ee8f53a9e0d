package io.rpcspring.server.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.FailureSettings;
import io.rpcspring.server.error.OwnStatuses;
import io.rpcspring.server.error.ResponseMetadata;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.pool.PoolStatistics;
import io.rpcspring.server.pool.RunSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Between the cancel of a call's context, which its handler may see, and the moment in
 * which the call hears of it.
 */
@ExtendWith(OutputCaptureExtension.class)
class LostCallTests {

    private final HandlerPools pools = new HandlerPools(List.of(settings("default"), settings("streams")),
            new RunSettings(true, null, Runnable::run, PoolStatistics.PoolObserver.NONE));

    private final CallFailures failures = new CallFailures(new OwnStatuses(true), new FailureSettings(false, false),
            List.of());

    private final LiveCalls calls = new LiveCalls(Set.of(), this.pools,
            new CallRules(this.failures, new ResponseMetadata(6 * 1024), null));

    private final Context.CancellableContext context = Context.ROOT.withCancellation();

    private final Transport transport = new Transport(this.context);

    private static PoolSettings settings(String name) {
        return new PoolSettings(name, PoolSettings.Type.PLATFORM, 1, 1, Duration.ofSeconds(1), 1);
    }

    @AfterEach
    void close() {
        this.pools.close(Duration.ofSeconds(1));
    }

    static Stream<Consumer<LiveCall<Point, Distance>>> whatMayBeDone() {
        return Stream.of((call) -> {
            call.sendMessage(Distance.getDefaultInstance());
            call.close(Status.OK, new Metadata());
        }, (call) -> call.close(Status.OK, new Metadata()), (call) -> {
            call.sendMessage(Distance.getDefaultInstance());
            call.sendMessage(Distance.getDefaultInstance());
        }, (call) -> call.close(Status.UNKNOWN, new Metadata()),
                (call) -> call.fail(new IllegalStateException("The call is gone")),
                (call) -> call.refuse(new CallEnd(Status.UNAVAILABLE, new Metadata())),
                (call) -> LastResort.fail(call, new IllegalStateException("The call is gone")));
    }

    @ParameterizedTest
    @MethodSource("whatMayBeDone")
    void whoSeesItFirstEndsNothingAndIsNotBlamed(Consumer<LiveCall<Point, Distance>> act, CapturedOutput output) {
        int log = output.length();
        LiveCall<Point, Distance> call = callOnWhoseCancel(act);
        this.context.cancel(Status.RESOURCE_EXHAUSTED.asRuntimeException());
        assertThat(call.status()).isNotNull().matches((status) -> status.getCode() == Status.Code.RESOURCE_EXHAUSTED);
        assertThat(this.transport.sent).isEmpty();
        assertThat(output.toString().substring(log)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("whatMayBeDone")
    void deadlineIsWhatTheClientIsTold(Consumer<LiveCall<Point, Distance>> act, CapturedOutput output) {
        int log = output.length();
        callOnWhoseCancel(act);
        this.context.cancel(new TimeoutException("context timed out"));
        assertThat(this.transport.sent).containsExactly("DEADLINE_EXCEEDED");
        assertThat(output.toString().substring(log)).isEmpty();
    }

    @Test
    void whatItThrowsIsNotLogged(CapturedOutput output) {
        int log = output.length();
        callOnWhoseCancel(
                (call) -> new FailureLink(this.failures).interceptCall(call, new Metadata(), (same, headers) -> {
                    throw new IllegalStateException("The call is gone");
                }));
        this.context.cancel(Status.CANCELLED.asRuntimeException());
        assertThat(this.transport.sent).isEmpty();
        assertThat(output.toString().substring(log)).isEmpty();
    }

    /** Listeners of a context are told in the order in which they came. */
    private LiveCall<Point, Distance> callOnWhoseCancel(Consumer<LiveCall<Point, Distance>> act) {
        List<LiveCall<Point, Distance>> known = new ArrayList<>();
        this.context.addListener((cancelled) -> act.accept(known.get(0)), Runnable::run);
        this.context.run(() -> known.add(this.calls.of(this.transport, new Metadata())));
        return known.get(0);
    }

    /** What grpc-java does below a call, as far as it is seen from above. */
    private static final class Transport extends ServerCall<Point, Distance> {

        private final Context context;

        private final List<String> sent = new ArrayList<>();

        private Transport(Context context) {
            this.context = context;
        }

        @Override
        public void request(int count) {
        }

        @Override
        public void sendHeaders(Metadata headers) {
            this.sent.add("headers");
        }

        @Override
        public void sendMessage(Distance message) {
            this.sent.add("message");
        }

        @Override
        public void close(Status status, Metadata trailers) {
            this.sent.add(status.getCode().name());
        }

        @Override
        public boolean isCancelled() {
            return this.context.isCancelled();
        }

        @Override
        public MethodDescriptor<Point, Distance> getMethodDescriptor() {
            return PlacesGrpc.getTravelMethod();
        }

    }

}
