package io.rpcspring.test;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;

import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.bean.override.BeanOverride;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcConfigurationException;

/**
 * Finds mocks, and what else a test puts in the place of stubs.
 * <p>
 * They are beans that Spring's test framework registers before all others exist.
 */
final class RpcTestReplacements {

    private final ConfigurableListableBeanFactory beans;

    RpcTestReplacements(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    /**
     * What a test wants to have injected for a stub.
     * @throws RpcConfigurationException if it wants several things
     */
    @Nullable Object of(String channel, Class<?> client) {
        if (!AbstractStub.class.isAssignableFrom(client)) {
            return null;
        }
        List<String> all = Arrays.stream(this.beans.getBeanNamesForType(client, false, false))
            .filter(this::isReplacement)
            .toList();
        List<String> own = all.stream().filter((beanName) -> channel.equals(channelOf(beanName))).toList();
        List<String> found = !own.isEmpty() ? own
                : all.stream().filter((beanName) -> channelOf(beanName) == null).toList();
        if (found.size() > 1) {
            throw new RpcConfigurationException(
                    "The test replaces the stub " + client.getName() + " of the channel '" + channel + "' by "
                            + String.join(" and ", found) + ".",
                    "Remove all but one; or say which is whose: mark each field @RpcClient(\"" + channel
                            + "\"), or with the name of another channel.");
        }
        return found.isEmpty() ? null : this.beans.getSingleton(found.get(0));
    }

    /** A real stub has a channel, and is made by a method. */
    private boolean isReplacement(String beanName) {
        if (!(this.beans.getSingleton(beanName) instanceof AbstractStub<?> stub)) {
            return false;
        }
        return stub.getChannel() == null || overridden(beanName) != null || !isMade(beanName);
    }

    private boolean isMade(String beanName) {
        if (!this.beans.containsBeanDefinition(beanName)) {
            return true;
        }
        BeanDefinition definition = this.beans.getBeanDefinition(beanName);
        return definition.getFactoryMethodName() != null
                || (definition instanceof AbstractBeanDefinition made && made.getInstanceSupplier() != null);
    }

    private @Nullable String channelOf(String beanName) {
        Field field = overridden(beanName);
        RpcClient client = (field != null) ? AnnotatedElementUtils.findMergedAnnotation(field, RpcClient.class) : null;
        return (client != null) ? client.value() : null;
    }

    /** The field of the test that asks for the replacement, if a field does. */
    private @Nullable Field overridden(String beanName) {
        if (!this.beans.containsBeanDefinition(beanName)
                || !(this.beans.getBeanDefinition(beanName) instanceof RootBeanDefinition definition)
                || !(definition.getQualifiedElement() instanceof Field field)) {
            return null;
        }
        return AnnotatedElementUtils.hasAnnotation(field, BeanOverride.class) ? field : null;
    }

}
