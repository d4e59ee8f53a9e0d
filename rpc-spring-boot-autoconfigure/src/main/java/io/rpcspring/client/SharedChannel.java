package io.rpcspring.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The one channel of a name, made when it is first needed.
 * <p>
 * It hides the {@link ManagedChannel}, so that no user can shut down what others share.
 */
final class SharedChannel extends Channel {

    private static final long TICK_MILLIS = 20;

    private final ChannelFactory factory;

    private final ChannelDetours detours;

    /** How often the channel was given to someone. */
    private final AtomicInteger users = new AtomicInteger();

    private final ChannelFigures figures = new ChannelFigures(this::state, () -> this.users.get());

    /** Guarded by this for writing. */
    private volatile @Nullable OpenChannel channel;

    /** The same channel to servers of this JVM, by their names. Guarded by this. */
    private final Map<String, OpenChannel> within = new ConcurrentHashMap<>();

    /** Guarded by this for writing. */
    private volatile boolean closed;

    SharedChannel(ChannelFactory factory) {
        this.factory = factory;
        this.detours = factory.detours();
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        String server = this.detours.of(method);
        return ((server != null) ? within(server) : open()).newCall(method, options);
    }

    @Override
    public String authority() {
        OpenChannel within = this.within.values().stream().findFirst().orElse(null);
        return ((within != null) ? within : open()).authority();
    }

    /**
     * Counts one more user, and finds out whether the channel can be used, as far as this
     * is known before the application runs.
     * @throws io.rpcspring.RpcConfigurationException if its target cannot work
     * @throws IllegalStateException if it is closed
     */
    SharedChannel use() {
        requireOpen();
        if (isKnownAtStart()) {
            open();
        }
        this.users.incrementAndGet();
        return this;
    }

    /**
     * One user less.
     * @return how many are left
     */
    int release() {
        return this.users.decrementAndGet();
    }

    /** Whether it is known before the application runs where all calls go. */
    boolean isKnownAtStart() {
        return this.factory.target().isKnownAtStart() && !this.detours.exist();
    }

    ChannelFactory factory() {
        return this.factory;
    }

    ChannelFigures figures() {
        return this.figures;
    }

    ChannelReport report() {
        ChannelConfiguration configuration = this.factory.configuration();
        return new ChannelReport(configuration.name(), String.join(", ", this.factory.knownTargets()), state(),
                this.users.get(), configuration.tree(), this.figures);
    }

    private ConnectivityState state() {
        OpenChannel opened = this.channel;
        Stream<OpenChannel> all = Stream.concat(Stream.ofNullable(opened), this.within.values().stream());
        return this.closed ? ConnectivityState.SHUTDOWN
                : all.map((open) -> open.state(false)).findFirst().orElse(ConnectivityState.IDLE);
    }

    OpenChannel open() {
        OpenChannel opened = this.channel;
        return (opened != null) ? opened : openOnce();
    }

    private synchronized OpenChannel openOnce() {
        OpenChannel opened = this.channel;
        if (opened != null) {
            return opened;
        }
        requireOpen();
        opened = this.factory.create(this.figures);
        this.channel = opened;
        return opened;
    }

    private OpenChannel within(String server) {
        OpenChannel known = this.within.get(server);
        return (known != null) ? known : withinOnce(server);
    }

    private synchronized OpenChannel withinOnce(String server) {
        requireOpen();
        return this.within.computeIfAbsent(server, (name) -> this.factory.within(name).create(this.figures));
    }

    /**
     * Looks for the servers afresh: what has no connection waits no longer, and a target
     * that has become another one is followed. Calls in flight end where they are.
     */
    synchronized void refresh() {
        this.within.values().forEach(OpenChannel::refresh);
        OpenChannel opened = this.channel;
        if (opened == null || this.closed) {
            return;
        }
        if (this.factory.isElsewhere(opened)) {
            this.channel = this.factory.create(this.figures);
            opened.connections().forEach(ManagedChannel::shutdown);
        }
        else {
            opened.refresh();
        }
    }

    private void requireOpen() {
        if (this.closed) {
            throw new IllegalStateException("The " + this + " is closed with its application context");
        }
    }

    /** Warns of no outage from now on. */
    void leave() {
        this.figures.outage().leave();
    }

    /** Refuses new calls; what is open ends with its last call. */
    synchronized void shutdown() {
        this.closed = true;
        connections().forEach(ManagedChannel::shutdown);
    }

    /**
     * Waits for the calls, and not for connections without any: grpc-java keeps those of
     * a channel that was idle a moment ago for five seconds.
     * @param deadline until when, of {@link System#nanoTime()}; what is left is cancelled
     */
    void awaitEnd(long deadline) {
        connections().forEach((connection) -> awaitEnd(connection, deadline));
    }

    private void awaitEnd(ManagedChannel connection, long deadline) {
        boolean late = false;
        try {
            while (!late && !connection.awaitTermination(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                late = System.nanoTime() - deadline >= 0;
                if (late || this.figures.calls() == 0) {
                    connection.shutdownNow();
                }
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            connection.shutdownNow();
        }
    }

    private Stream<ManagedChannel> connections() {
        return Stream.concat(Stream.ofNullable(this.channel), this.within.values().stream())
            .flatMap(OpenChannel::connections);
    }

    @Override
    public String toString() {
        return this.factory.target().name();
    }

}
