package io.rpcspring.autoconfigure;

import java.util.Objects;
import java.util.stream.Stream;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if anything observes beside meters.
 */
final class OnSpans extends SpringBootCondition implements ConfigurationCondition {

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConfigurableListableBeanFactory beans = Objects.requireNonNull(context.getBeanFactory());
        boolean found = Stream.of(beans.getBeanNamesForType(ObservationHandler.class, true, false))
            .map((name) -> beans.getType(name, false))
            .anyMatch((type) -> type != null && !MeterObservationHandler.class.isAssignableFrom(type));
        return new ConditionOutcome(found, ConditionMessage.forCondition("observation handlers beside meters")
            .because(found ? "there is one" : "there is none"));
    }

}
