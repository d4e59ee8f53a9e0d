package io.rpcspring.test;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs the servers of a test's fakes, one for each channel, from the first call on.
 */
final class FakeRpcServers implements SmartLifecycle {

    private final ConfigurableListableBeanFactory beans;

    private final RpcTestBeans tested;

    private final InProcessRpcServices services;

    /** By channel. Guarded by this for writing. */
    private final Map<String, FakeRpcServer> running = new ConcurrentHashMap<>();

    /** Guarded by the application context, which starts and stops one after the other. */
    private volatile boolean started;

    FakeRpcServers(ConfigurableListableBeanFactory beans, RpcTestBeans tested, InProcessRpcServices services) {
        this.beans = beans;
        this.tested = tested;
        this.services = services;
    }

    /** Whether a channel has a fake. */
    boolean answer(String channel) {
        return this.tested.fakes().containsValue(channel);
    }

    /** Whether a channel has a fake of a service. */
    boolean answer(String channel, String service) {
        return fakes(channel).stream().anyMatch((beanName) -> service.equals(this.services.of(beanName)));
    }

    private Set<String> fakes(String channel) {
        Set<String> names = new TreeSet<>(this.tested.fakes().keySet());
        names.removeIf((beanName) -> !channel.equals(this.tested.fakes().get(beanName)));
        return names;
    }

    /** The name of the in-process server that answers a channel. */
    String server(String channel) {
        FakeRpcServer known = this.running.get(channel);
        return ((known != null) ? known : start(channel)).name();
    }

    private synchronized FakeRpcServer start(String channel) {
        return this.running.computeIfAbsent(channel,
                (name) -> FakeRpcServer.start(this.beans, fakes(name), this.tested));
    }

    /** They are started by calls, which may come early. */
    @Override
    public void start() {
        this.started = true;
    }

    @Override
    public synchronized void stop() {
        this.started = false;
        List.copyOf(this.running.values()).forEach((server) -> server.server().stop());
        this.running.clear();
    }

    @Override
    public boolean isRunning() {
        return this.started;
    }

    /** Stopped after all who may call. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

}
