package io.rpcspring.autoconfigure;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.Ordered;

/**
 * Says that the application is not ready as soon as its context closes, which Spring Boot
 * does only for web applications.
 * <p>
 * It says so within the context: a parent stays ready.
 *
 * @param own the context; the end of others is no concern
 */
record ReadinessRefusal(ApplicationContext own) implements ApplicationListener<ContextClosedEvent>, Ordered {

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == this.own) {
            this.own
                .getBean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
                        ApplicationEventMulticaster.class)
                .multicastEvent(new AvailabilityChangeEvent<>(this.own, ReadinessState.REFUSING_TRAFFIC));
        }
    }

    /** First, so that those who look at the readiness see it before anything stops. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

}
