package io.rpcspring.server.registration;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.HealthCheckHandler;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.discovery.StatusChangeEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;

/**
 * Keeps an instance from being UP for Eureka while its server takes no calls, whatever
 * else says so.
 */
final class EurekaStatus {

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

    void become(InstanceStatus status) {
        this.registration.getApplicationInfoManager().setInstanceStatus(status);
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
