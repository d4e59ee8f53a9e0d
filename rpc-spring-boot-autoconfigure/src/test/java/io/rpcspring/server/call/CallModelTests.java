package io.rpcspring.server.call;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.internal.SerializingExecutor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
import static org.awaitility.Awaitility.await;

/**
 * Calls to which everything happens at once, in random order: each ends once, none is
 * lost, and the pool is as it was.
 */
class CallModelTests {

    private static final int CALLS = 3_000;

    private final HandlerPools pools = new HandlerPools(List.of(settings("default", 2, 6), settings("streams", 2, 6)),
            new RunSettings(true, null, Runnable::run, PoolStatistics.PoolObserver.NONE));

    private final LiveCalls calls = new LiveCalls(Set.of(), this.pools,
            new CallRules(new CallFailures(new OwnStatuses(true), new FailureSettings(false, false), List.of()),
                    new ResponseMetadata(6 * 1024), null));

    private final ExecutorService transport = Executors.newFixedThreadPool(4);

    private final ExecutorService outside = Executors.newCachedThreadPool();

    private static PoolSettings settings(String name, int size, int queue) {
        return new PoolSettings(name, PoolSettings.Type.PLATFORM, size, queue, Duration.ofMillis(60), size);
    }

    @AfterEach
    void close() {
        this.transport.shutdownNow();
        this.outside.shutdownNow();
        this.pools.close(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(value = MethodType.class, names = "UNKNOWN", mode = EnumSource.Mode.EXCLUDE)
    void everyCallEndsOnceAndNothingOfItIsLeft(MethodType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Model> models = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            Model model = new Model(type, random.nextLong());
            models.add(model);
            this.transport.execute(model::run);
            while (this.calls.count() > 12) {
                LockSupport.parkNanos(20_000);
            }
        }
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(this.calls.count()).as("calls, seed %d", seed).isZero();
            assertThat(statistics().waiting()).as("waiting, seed %d", seed).isZero();
            assertThat(statistics().running()).as("running, seed %d", seed).isZero();
            // Not in these: what has not begun, and an end about to be counted.
            PoolStatistics end = statistics();
            assertThat(end.refused() + end.expired() + end.completed()).as("seed %d", seed).isEqualTo(CALLS);
        });
        for (Model model : models) {
            String what = "seed %d, %s".formatted(seed, model);
            assertThat(model.closes.get()).as("closes, %s", what).isLessThanOrEqualTo(1);
            assertThat(model.handled.get()).as("handlers, %s", what).isLessThanOrEqualTo(1);
            assertThat(model.wrong).as("wrong, %s", what).isEmpty();
            assertThat(model.transportEnded.get() || model.closes.get() == 1).as("ended, %s", what).isTrue();
        }
    }

    @Test
    void threadsOfThePoolAreNotInterruptedAfterwards() throws Exception {
        everyCallEndsOnceAndNothingOfItIsLeft(MethodType.BIDI_STREAMING);
        AtomicInteger interrupted = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            this.pools.execute("model.Model/Any", () -> {
                interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
                ran.incrementAndGet();
            });
        }
        await().until(() -> ran.get() == 20);
        assertThat(interrupted).hasValue(0);
    }

    private PoolStatistics statistics() {
        return Objects.requireNonNull(this.pools.statistics().get("default"));
    }

    /**
     * One call, as grpc-java would bring it, and what happens to it.
     */
    private final class Model extends ServerCall<String, String> {

        private final MethodDescriptor<String, String> method;

        private final Random random;

        private final long seed;

        private final Context.CancellableContext context = Context.ROOT.withCancellation();

        private final SerializingExecutor events = new SerializingExecutor(Runnable::run);

        private final AtomicInteger closes = new AtomicInteger();

        private final AtomicInteger handled = new AtomicInteger();

        /** Whether the transport has ended the call by itself. */
        private final AtomicBoolean transportEnded = new AtomicBoolean();

        private final AtomicBoolean told = new AtomicBoolean();

        private final List<String> wrong = new ArrayList<>();

        private ServerCall.@Nullable Listener<String> listener;

        private Model(MethodType type, long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            Marshaller marshaller = new Marshaller();
            this.method = MethodDescriptor.<String, String>newBuilder(marshaller, marshaller)
                .setType(type)
                .setFullMethodName("model.Model/Any")
                .build();
        }

        /**
         * On the transport's thread: headers, perhaps a request, perhaps an early end.
         */
        private void run() {
            List<Runnable> all = new ArrayList<>(List.of(this::message, this::halfClose));
            int cut = this.random.nextInt(4);
            if (cut < 2) {
                all.add(this.random.nextInt(all.size() + 1), this::cancel);
            }
            start();
            if (cut == 2) {
                int after = this.random.nextInt(100_000);
                CallModelTests.this.outside.execute(() -> {
                    LockSupport.parkNanos(after);
                    expire();
                });
            }
            if (this.random.nextInt(40) == 0) {
                // As a server that is stopping cuts off what is left.
                CallModelTests.this.outside.execute(() -> CallModelTests.this.calls.cut(Status.UNAVAILABLE));
            }
            for (Runnable each : all) {
                if (this.random.nextInt(3) == 0) {
                    LockSupport.parkNanos(this.random.nextInt(50_000));
                }
                each.run();
            }
        }

        /** Both at once: the transport tells of no end before them. */
        private synchronized void start() {
            Metadata headers = new Metadata();
            this.events.execute(this.context.wrap(() -> {
                Executor runs = CallModelTests.this.calls.getExecutor(this, headers);
                this.events.setExecutor(runs);
            }));
            Runnable startCall = () -> this.listener = new FirstLink(CallModelTests.this.calls, List.of())
                .interceptCall(this, headers, handler());
            this.events.execute(this.context.wrap(startCall));
        }

        /**
         * As plain objects are bound, with an interceptor that may throw or start
         * elsewhere.
         */
        private ServerCallHandler<String, String> handler() {
            int trouble = this.random.nextInt(8);
            return (call, headers) -> {
                if (trouble == 0) {
                    throw Status.ABORTED.asRuntimeException();
                }
                LiveCall<?, ?> live = Objects.requireNonNull(LiveCall.of(call));
                boolean one = this.method.getType().clientSendsOneMessage();
                boolean unary = this.method.getType() == MethodType.UNARY;
                Handling handling = new Handling(this, call, live, this.random.nextLong());
                live.answeredBy(handling);
                if (!one) {
                    handOver(live, handling, trouble == 1);
                }
                return new ServerCall.Listener<>() {

                    @Override
                    public void onMessage(String message) {
                        if (trouble == 2) {
                            throw Status.INVALID_ARGUMENT.asRuntimeException();
                        }
                    }

                    @Override
                    public void onHalfClose() {
                        if (unary) {
                            handling.run();
                        }
                        else if (one) {
                            handOver(live, handling, trouble == 1);
                        }
                    }

                };
            };
        }

        private void handOver(LiveCall<?, ?> live, Handling handling, boolean elsewhere) {
            Runnable over = () -> Objects.requireNonNull(live.run()).handOver(handling);
            if (elsewhere) {
                CallModelTests.this.outside.execute(over);
            }
            else {
                over.run();
            }
        }

        private void message() {
            deliver(() -> Objects.requireNonNull(this.listener).onMessage("message"));
        }

        private void halfClose() {
            deliver(() -> Objects.requireNonNull(this.listener).onHalfClose());
        }

        private void deliver(Runnable event) {
            this.events.execute(this.context.wrap(() -> {
                if (!this.transportEnded.get()) {
                    event.run();
                }
            }));
        }

        private void cancel() {
            if (this.transportEnded.compareAndSet(false, true)) {
                this.context.cancel(Status.CANCELLED.asException());
                tell(() -> Objects.requireNonNull(this.listener).onCancel());
            }
        }

        private void expire() {
            if (this.context.cancel(new TimeoutException("context timed out"))) {
                if (this.transportEnded.compareAndSet(false, true)) {
                    tell(() -> Objects.requireNonNull(this.listener).onCancel());
                }
            }
        }

        private void tell(Runnable end) {
            if (this.told.compareAndSet(false, true)) {
                this.events.execute(this.context.wrap(() -> {
                    end.run();
                    this.context.cancel(null);
                }));
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (this.closes.incrementAndGet() > 1) {
                this.wrong.add("closed twice");
            }
            // The transport tells of the end when the trailers have gone out.
            CallModelTests.this.transport.execute(this::complete);
        }

        private synchronized void complete() {
            if (!this.transportEnded.get()) {
                tell(() -> Objects.requireNonNull(this.listener).onComplete());
            }
        }

        @Override
        public void request(int count) {
        }

        @Override
        public void sendHeaders(Metadata headers) {
        }

        @Override
        public void sendMessage(String message) {
            if (this.closes.get() > 0) {
                this.wrong.add("sent after the end");
            }
        }

        @Override
        public boolean isCancelled() {
            return this.transportEnded.get();
        }

        @Override
        public MethodDescriptor<String, String> getMethodDescriptor() {
            return this.method;
        }

        @Override
        public String toString() {
            return this.method.getType() + " " + this.seed;
        }

    }

    /**
     * A handler that works for a moment, is interrupted when its call ends, and answers.
     */
    private record Handling(Model model, ServerCall<String, String> call, LiveCall<?, ?> live,
            long moment) implements Runnable, LiveCall.CallHandler {

        @Override
        public void run() {
            this.model.handled.incrementAndGet();
            if (this.live.isEnded()) {
                return;
            }
            LockSupport.parkNanos(Math.floorMod(this.moment, 60_000));
            if (this.moment % 5 == 0) {
                LastResort.fail(this.call, Status.DATA_LOSS.asRuntimeException());
                return;
            }
            this.call.sendHeaders(new Metadata());
            this.call.sendMessage("response");
            LastResort.close(this.call, new CallEnd(Status.OK, new Metadata()));
        }

        @Override
        public void callEnded(Status status) {
        }

    }

    /**
     * Never asked.
     */
    private static final class Marshaller implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String value) {
            return InputStream.nullInputStream();
        }

        @Override
        public String parse(InputStream stream) {
            return "";
        }

    }

}
