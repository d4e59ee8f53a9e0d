package io.rpcspring.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

/**
 * Opens a shared channel when it is needed: to its target, and to servers of this JVM.
 * <p>
 * Safe for use by many threads at once.
 */
final class OpenChannels {

    private final ChannelFactory factory;

    private final ChannelFigures figures;

    /** Guarded by this for writing. */
    private volatile @Nullable OpenChannel toTarget;

    /** The same channel to servers of this JVM, by their names. Guarded by this. */
    private final Map<String, OpenChannel> within = new ConcurrentHashMap<>();

    /** Guarded by this for writing. */
    private volatile boolean closed;

    /**
     * Opens nothing yet.
     * @param factory makes what is opened
     * @param figures are moved by all of them
     */
    OpenChannels(ChannelFactory factory, ChannelFigures figures) {
        this.factory = factory;
        this.figures = figures;
    }

    OpenChannel toTarget() {
        OpenChannel opened = this.toTarget;
        return (opened != null) ? opened : openOnce();
    }

    private synchronized OpenChannel openOnce() {
        OpenChannel opened = this.toTarget;
        if (opened != null) {
            return opened;
        }
        requireOpen();
        opened = this.factory.create(this.figures);
        this.toTarget = opened;
        return opened;
    }

    OpenChannel within(String server) {
        OpenChannel known = this.within.get(server);
        return (known != null) ? known : withinOnce(server);
    }

    private synchronized OpenChannel withinOnce(String server) {
        requireOpen();
        return this.within.computeIfAbsent(server, (name) -> this.factory.within(name).create(this.figures));
    }

    /** One that is open within the JVM, or else the one to the target. */
    OpenChannel any() {
        OpenChannel opened = this.within.values().stream().findFirst().orElse(null);
        return (opened != null) ? opened : toTarget();
    }

    ConnectivityState state() {
        return this.closed ? ConnectivityState.SHUTDOWN
                : opened().map((open) -> open.state(false)).findFirst().orElse(ConnectivityState.IDLE);
    }

    /**
     * Looks for the servers afresh: what has no connection waits no longer, and a target
     * that has become another one is followed. Calls in flight end where they are.
     */
    synchronized void refresh() {
        this.within.values().forEach(OpenChannel::refresh);
        OpenChannel opened = this.toTarget;
        if (opened == null || this.closed) {
            return;
        }
        if (this.factory.isElsewhere(opened)) {
            this.toTarget = this.factory.create(this.figures);
            opened.connections().forEach(ManagedChannel::shutdown);
        }
        else {
            opened.refresh();
        }
    }

    /** Refuses new calls; what is open ends with its last call. */
    synchronized void shutdown() {
        this.closed = true;
        connections().forEach(ManagedChannel::shutdown);
    }

    void requireOpen() {
        if (this.closed) {
            throw new IllegalStateException(
                    "The " + this.factory.target().name() + " is closed with its application context");
        }
    }

    Stream<ManagedChannel> connections() {
        return opened().flatMap(OpenChannel::connections);
    }

    private Stream<OpenChannel> opened() {
        return Stream.concat(Stream.ofNullable(this.toTarget), this.within.values().stream());
    }

}
