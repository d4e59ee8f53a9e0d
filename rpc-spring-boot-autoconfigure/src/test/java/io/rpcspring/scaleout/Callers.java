package io.rpcspring.scaleout;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

/**
 * Calls all the time, from several threads, and knows who answered lately.
 */
@Component
class Callers implements SmartLifecycle {

    static final int THREADS = 4;

    /** Who has not answered for so long is not in use. */
    private static final Duration LATELY = Duration.ofMillis(200);

    private final PlacesGrpc.PlacesBlockingStub places;

    private final List<Thread> threads = new ArrayList<>();

    /** What was answered lately, the newest last. Guarded by itself. */
    private final Deque<Answer> answers = new ArrayDeque<>();

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    private volatile long answered;

    private volatile boolean running;

    Callers(@RpcClient("places") PlacesGrpc.PlacesBlockingStub places) {
        this.places = places;
    }

    @Override
    public void start() {
        this.running = true;
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(this::call, "caller-" + i);
            thread.setDaemon(true);
            thread.start();
            this.threads.add(thread);
        }
    }

    private void call() {
        while (this.running) {
            AtomicReference<@Nullable Metadata> headers = new AtomicReference<>();
            try {
                String server = this.places
                    .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .find(PlaceName.newBuilder().setName("Zurich").build())
                    .getZone();
                add(server);
                // As many calls as the machine has time for would be all it has time for.
                Thread.sleep(5);
            }
            catch (StatusRuntimeException ex) {
                // Nobody tries a call again whose response has begun, if only by a
                // moment:
                // gRFC A6.
                if (headers.get() == null) {
                    this.failures.add(ex.toString());
                }
            }
            catch (InterruptedException ex) {
                return;
            }
        }
    }

    private void add(String server) {
        long now = System.nanoTime();
        synchronized (this.answers) {
            this.answered++;
            this.answers.add(new Answer(server, now));
            forget(now);
        }
    }

    private void forget(long now) {
        while (!this.answers.isEmpty() && now - this.answers.getFirst().time() > LATELY.toNanos()) {
            this.answers.removeFirst();
        }
    }

    /** The servers that have answered lately. */
    Set<String> servers() {
        synchronized (this.answers) {
            forget(System.nanoTime());
            Set<String> servers = new TreeSet<>();
            this.answers.forEach((answer) -> servers.add(answer.server()));
            return servers;
        }
    }

    long answered() {
        return this.answered;
    }

    List<String> failures() {
        return List.copyOf(this.failures);
    }

    /** Lets the calls that are in flight end. */
    @Override
    public void stop() {
        this.running = false;
        for (Thread thread : this.threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(20));
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }

    /**
     * A call that was answered.
     *
     * @param server who did
     * @param time when
     */
    private record Answer(String server, long time) {

    }

}
