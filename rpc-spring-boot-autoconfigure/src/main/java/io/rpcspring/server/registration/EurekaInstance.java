package io.rpcspring.server.registration;

import java.util.Map;

import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;

/**
 * An instance that Eureka knows.
 * <p>
 * Spring Cloud registers it early, before the server has its port. It begins as STARTING,
 * which Eureka's client keeps to itself, and is told to the registry when the server
 * takes calls. Eureka's client tells changes on a thread of its own, and some not at all
 * if they are too many.
 */
public final class EurekaInstance implements ServerRegistration.Instance {

    private static final Log logger = LogFactory.getLog(EurekaInstance.class);

    private final EurekaRegistration registration;

    private final FreeKeys keys;

    private final EurekaStatus status;

    /** What the application wants it to be in the beginning, if that was put off. */
    private @Nullable InstanceStatus putOff;

    /** Whether the registry was told by another way than that of Eureka's client. */
    private boolean overridden;

    /**
     * An instance that is not registered yet.
     * @param registration what is registered
     */
    public EurekaInstance(EurekaRegistration registration) {
        this.registration = registration;
        this.keys = FreeKeys.beside(registration.getMetadata());
        this.status = new EurekaStatus(registration);
    }

    @Override
    public Registration registration() {
        return this.registration;
    }

    @Override
    public void registersSilent() {
        this.status.guard();
        InstanceStatus wanted = this.registration.getInstanceConfig().getInitialStatus();
        if (this.putOff == null && this.registration.getInstanceConfig() instanceof EurekaInstanceConfigBean config) {
            this.putOff = wanted;
            this.status.hold(InstanceStatus.STARTING);
            config.setInitialStatus(InstanceStatus.STARTING);
        }
    }

    @Override
    public void registersServing(Map<String, String> metadata) {
        this.status.guard();
        put(metadata);
    }

    @Override
    public void serves(Map<String, String> metadata) {
        put(metadata);
        this.status.release();
        InstanceStatus wanted = this.putOff;
        if (wanted != null && this.registration.getInstanceConfig() instanceof EurekaInstanceConfigBean config) {
            this.putOff = null;
            config.setInitialStatus(wanted);
        }
        if (this.overridden) {
            this.overridden = false;
            this.registration.getEurekaClient().cancelOverrideStatus(this.status.info());
        }
        this.status.become((wanted != null) ? wanted : this.registration.getInstanceConfig().getInitialStatus());
    }

    /** Spring Cloud says DOWN now, and the application's health must not undo it. */
    @Override
    public void closes() {
        this.status.hold(InstanceStatus.DOWN);
    }

    /** Eureka does not believe an instance that was UP and says OUT_OF_SERVICE. */
    @Override
    public void leaves() {
        this.status.hold(InstanceStatus.DOWN);
        if (this.status.isUp()) {
            this.status.become(InstanceStatus.DOWN);
        }
        if (this.status.isToldSoon()) {
            return;
        }
        try {
            this.registration.getEurekaClient().setStatus(InstanceStatus.OUT_OF_SERVICE, this.status.info());
            this.overridden = true;
        }
        catch (RuntimeException ex) {
            logger.warn("Eureka could not be told that '" + this.registration.getServiceId()
                    + "' takes no more gRPC calls: " + ex.getMessage());
        }
    }

    /** Into what is registered now, and into what a refreshed client begins with. */
    private void put(Map<String, String> metadata) {
        Map<String, String> ours = this.keys.of(metadata);
        this.registration.getMetadata().putAll(ours);
        this.registration.getApplicationInfoManager().registerAppMetadata(ours);
    }

}
