package io.rpcspring.server.registration;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.HealthCheckHandler;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.discovery.StatusChangeEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;

/**
 * An instance's status as Eureka's client tells it, which is not UP while the server
 * takes no calls.
 */
final class EurekaStatus {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration TICK = Duration.ofMillis(5);

    private final EurekaRegistration registration;

    /** What it is while the server does not take calls; null while it does. */
    private volatile @Nullable InstanceStatus instead;

    EurekaStatus(EurekaRegistration registration) {
        this.registration = registration;
    }

    /** From now on it is this where it would be UP. */
    void hold(InstanceStatus held) {
        this.instead = held;
    }

    void release() {
        this.instead = null;
    }

    InstanceInfo info() {
        return this.registration.getApplicationInfoManager().getInfo();
    }

    boolean isUp() {
        return info().getStatus() == InstanceStatus.UP;
    }

    void become(InstanceStatus status) {
        this.registration.getApplicationInfoManager().setInstanceStatus(status);
    }

    /** Waits until the registry is told, which may not happen. */
    boolean isToldSoon() {
        boolean told = !this.registration.getEurekaClient().getEurekaClientConfig().shouldRegisterWithEureka();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!told && info().isDirty() && System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(TICK.toNanos());
        }
        return told || !info().isDirty();
    }

    /**
     * With {@code eureka.client.healthcheck.enabled}, the health decides otherwise.
     * Eureka's client asks it once before it can be guarded.
     */
    void guard() {
        this.registration.getApplicationInfoManager().registerStatusChangeListener(new HeldBack());
        HealthCheckHandler known = this.registration.getHealthCheckHandler().getIfAvailable();
        if (known != null && !(known instanceof GuardedHealth)) {
            StaticListableBeanFactory guarded = new StaticListableBeanFactory();
            guarded.addBean("guarded", new GuardedHealth(known));
            this.registration.setHealthCheckHandler(guarded.getBeanProvider(HealthCheckHandler.class));
        }
    }

    /** Says at once, before the registry is told, that it is not up yet. */
    private final class HeldBack implements ApplicationInfoManager.StatusChangeListener {

        @Override
        public String getId() {
            return EurekaInstance.class.getName();
        }

        @Override
        public void notify(StatusChangeEvent event) {
            InstanceStatus held = EurekaStatus.this.instead;
            if (held != null && event.getStatus() == InstanceStatus.UP) {
                become(held);
            }
        }

    }

    /** Asks for the health only while the server takes calls. */
    private final class GuardedHealth implements HealthCheckHandler {

        private final HealthCheckHandler health;

        private GuardedHealth(HealthCheckHandler health) {
            this.health = health;
        }

        @Override
        public @Nullable InstanceStatus getStatus(InstanceStatus current) {
            return (EurekaStatus.this.instead == null) ? this.health.getStatus(current)
                    : (current == InstanceStatus.UP) ? EurekaStatus.this.instead : current;
        }

    }

}
