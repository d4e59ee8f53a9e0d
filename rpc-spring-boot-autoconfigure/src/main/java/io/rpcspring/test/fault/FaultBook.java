package io.rpcspring.test.fault;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Holds the faults that are armed, and decides about each call.
 */
public final class FaultBook implements AutoCloseable {

    private final List<ArmedFault> armed = new CopyOnWriteArrayList<>();

    private final AtomicInteger next = new AtomicInteger();

    private final Pauses pauses = new Pauses();

    private final FaultTimer timer = new FaultTimer();

    private final FaultServer server = new FaultServer(this.timer);

    /** Wait for the end of faults. */
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();

    private volatile long seed;

    /**
     * Arms a fault.
     * @param match which calls it concerns
     * @param share how many of them it hits
     * @param plan what happens to those
     * @return the fault
     */
    public ArmedFault arm(FaultMatch match, FaultShare share, FaultPlan plan) {
        ArmedFault fault = new ArmedFault(this.next.getAndIncrement(), match, share, plan);
        this.armed.add(fault);
        return fault;
    }

    /**
     * Disarms a fault.
     * @param fault may have been disarmed before
     */
    public void disarm(ArmedFault fault) {
        this.armed.remove(fault);
        tellEnd();
    }

    /**
     * Chooses which calls a percentage hits.
     * @param newSeed any number
     */
    public void seed(long newSeed) {
        this.seed = newSeed;
    }

    /** Forgets all faults, counts and the seed. Calls that are held up go on. */
    public void reset() {
        this.armed.clear();
        this.next.set(0);
        this.seed = 0;
        this.pauses.end();
        tellEnd();
    }

    /**
     * Hits the calls of a server.
     * @return stands before all code of the application
     */
    public ServerInterceptor onServer() {
        return new ServerFaults(this, this.pauses, this.timer);
    }

    /**
     * Hits the attempts of a channel.
     * @param channel its name
     * @param builder of the channel, or of one of its connections
     */
    public void onClient(String channel, ManagedChannelBuilder<?> builder) {
        ClientFaults.POLICY.addTo(builder, new ClientFaults(channel, this, this.server));
    }

    /** What happens to a call, or to an attempt of one. Asked once for each. */
    FaultPlan planOf(@Nullable String channel, MethodDescriptor<?, ?> method, Metadata headers) {
        FaultPlan plan = FaultPlan.NONE;
        for (ArmedFault fault : this.armed) {
            if (plan.end() == null && fault.isHit(this.seed, channel, method, headers)) {
                plan = plan.and(fault.plan());
                if (fault.isSpent()) {
                    tellEnd();
                }
            }
        }
        return plan;
    }

    /** Tells somebody when a fault has ended, later and on a thread of this. */
    void addListener(Runnable listener) {
        this.listeners.add(listener);
    }

    void removeListener(Runnable listener) {
        this.listeners.remove(listener);
    }

    private void tellEnd() {
        if (!this.listeners.isEmpty()) {
            this.timer.runAfter(Duration.ZERO, () -> this.listeners.forEach(Runnable::run));
        }
    }

    boolean isEmpty() {
        return this.armed.isEmpty();
    }

    @Override
    public void close() {
        reset();
        this.server.close();
        this.timer.close();
    }

}
