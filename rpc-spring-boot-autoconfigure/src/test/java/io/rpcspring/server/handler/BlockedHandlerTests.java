package io.rpcspring.server.handler;

import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Cable;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Wherever a handler blocks, the end of its call wakes it, and nothing after it.
 */
@ParameterizedClass(name = "on {0} threads")
@MethodSource("io.rpcspring.server.pool.Pools#types")
class BlockedHandlerTests {

    /** Tells a handler to end by itself. */
    private static final String SOON = "soon";

    @Parameter
    String poolType = "";

    /** A handler that waits for it waits for ever: the test holds it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Blocking handlers = new Blocking(this.lock);

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(Blocking.class, () -> this.handlers);

    @BeforeEach
    void hold() {
        this.lock.lock();
    }

    @AfterEach
    void letGo() {
        this.lock.unlock();
    }

    @ParameterizedTest
    @EnumSource
    void cancelWakesIt(Where where) {
        run("rpc.server.interrupt-cancelled=true", (server, connection) -> {
            block(where, connection.channel(), CallOptions.DEFAULT).close();
            assertThat(this.handlers.end()).isEqualTo(where.wokenBy);
        });
    }

    @ParameterizedTest
    @EnumSource
    void expiredDeadlineWakesIt(Where where) {
        run("rpc.server.interrupt-cancelled=true", (server, connection) -> {
            // Connected and warm, so that the deadline passes in the handler.
            connection.find("Zurich");
            block(where, connection.channel(), CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS));
            assertThat(this.handlers.end()).isEqualTo(where.wokenBy);
        });
    }

    @ParameterizedTest
    @EnumSource
    void lostConnectionWakesIt(Where where) {
        run("rpc.server.interrupt-cancelled=true", (server, connection) -> {
            try (Cable cable = Cable.to(server.port()); Connection cuttable = Connection.to(cable.target())) {
                block(where, cuttable.channel(), CallOptions.DEFAULT);
                cable.cut();
                assertThat(this.handlers.end()).isEqualTo(where.wokenBy);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void withoutInterruptsOnlyItsStreamWakesIt(Where where) {
        run("rpc.server.interrupt-cancelled=false", (server, connection) -> {
            block(where, connection.channel(), CallOptions.DEFAULT).close();
            if (where.wokenBy.equals("InterruptedException")) {
                // The call after it has begun and ended, so an interrupt would be there.
                connection.find("Zurich");
                assertThat(this.handlers.ends).isEmpty();
                assertThat(this.handlers.thread).isNotNull().matches((thread) -> !thread.isInterrupted());
            }
            else {
                assertThat(this.handlers.end()).isEqualTo(where.wokenBy);
            }
        });
    }

    /** The cancels come about when the handlers end. */
    @Test
    void interruptNeverReachesWhatItsThreadDoesNext() {
        Random random = new Random(20_261_124);
        run("rpc.server.pools.default.size=1", (server, connection) -> {
            PlacesGrpc.PlacesFutureStub places = PlacesGrpc.newFutureStub(connection.channel());
            for (int i = 0; i < 500; i++) {
                ListenableFuture<Place> found = places.find(PlaceName.newBuilder().setName(SOON).build());
                RpcStream<Note, Note> notes = open(SOON, connection.channel(), CallOptions.DEFAULT);
                LockSupport.parkNanos(random.nextInt(2_000_000));
                found.cancel(true);
                notes.close();
            }
            assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            try (RpcStream<Note, Note> last = open(SOON, connection.channel(), CallOptions.DEFAULT)) {
                assertThat(last.hasNext()).isFalse();
            }
        });
        assertThat(this.handlers.begun.get()).isPositive();
        assertThat(this.handlers.begunInterrupted).hasValue(0);
    }

    private void run(String property, Check check) {
        this.runner
            .withPropertyValues("rpc.server.pools.default.type=" + this.poolType,
                    "rpc.server.pools.streams.type=" + this.poolType, "rpc.server.pools.streams.size=1",
                    "rpc.server.shutdown.grace=5ms", property)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                try (Connection connection = Connection.to(context)) {
                    check.run(context.getBean(RpcServer.class), connection);
                }
            });
    }

    private RpcStream<Note, Note> block(Where where, Channel channel, CallOptions options) {
        RpcStream<Note, Note> call = open(where.name(), channel, options);
        await().until(this.handlers::isBlocked);
        return call;
    }

    private static RpcStream<Note, Note> open(String where, Channel channel, CallOptions options) {
        RpcStream<Note, Note> call = RpcStream.open(channel, PlacesGrpc.getNotesMethod(), options);
        call.send(Note.newBuilder().setText(where).build());
        return call;
    }

    /** What a test does with a running server. */
    private interface Check {

        void run(RpcServer server, Connection connection) throws Exception;

    }

    /** Where a handler blocks, and what wakes it there. */
    enum Where {

        SEND("StatusRuntimeException"),

        NEXT("StatusRuntimeException"),

        SLEEP("InterruptedException"),

        LOCK("InterruptedException"),

        QUEUE("InterruptedException");

        private final String wokenBy;

        Where(String wokenBy) {
            this.wokenBy = wokenBy;
        }

        private void block(MessageReceiver<Note> in, MessageSender<Note> out, ReentrantLock held)
                throws InterruptedException {
            switch (this) {
                case SEND -> {
                    Note large = Note.newBuilder().setText("x".repeat(10_000)).build();
                    for (int i = 0; i < 10_000; i++) {
                        out.send(large);
                    }
                }
                case NEXT -> in.next();
                case SLEEP -> Thread.sleep(60_000);
                case LOCK -> held.lockInterruptibly();
                case QUEUE -> new LinkedBlockingQueue<>().take();
            }
        }

    }

    /** Blocks where it is told to. */
    @RpcService(PlacesGrpc.class)
    static class Blocking {

        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

        private final AtomicInteger begun = new AtomicInteger();

        private final AtomicInteger begunInterrupted = new AtomicInteger();

        private final ReentrantLock lock;

        /** The latest stream's. */
        private volatile @Nullable Thread thread;

        Blocking(ReentrantLock lock) {
            this.lock = lock;
        }

        Place find(PlaceName name) {
            begin();
            if (name.getName().equals(SOON)) {
                LockSupport.parkNanos(500_000);
            }
            return Place.newBuilder().setName(name.getName()).build();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) throws InterruptedException {
            begin();
            String where = in.next().getText();
            if (where.equals(SOON)) {
                LockSupport.parkNanos(500_000);
                return;
            }
            this.thread = Thread.currentThread();
            try {
                Where.valueOf(where).block(in, out, this.lock);
                this.ends.add("returned");
            }
            catch (InterruptedException | RuntimeException ex) {
                this.ends.add(ex.getClass().getSimpleName());
                throw ex;
            }
        }

        private void begin() {
            this.begun.incrementAndGet();
            // Its own call may be cancelled as soon as this.
            if (Thread.currentThread().isInterrupted() && !Context.current().isCancelled()) {
                this.begunInterrupted.incrementAndGet();
            }
        }

        private boolean isBlocked() {
            Thread handler = this.thread;
            return handler != null
                    && Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(handler.getState());
        }

        private @Nullable String end() throws InterruptedException {
            return this.ends.poll(10, TimeUnit.SECONDS);
        }

    }

}
