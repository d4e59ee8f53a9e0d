package io.rpcspring.server;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.type.MethodMetadata;

import io.rpcspring.RpcConfigurationException;

/**
 * Says why two beans serve one gRPC service, and which of them to remove.
 *
 * @param services knows the beans
 * @param first the name of one
 * @param second the name of the other
 */
record ServedTwice(MarkedServices services, String first, String second) {

    RpcConfigurationException of(String service) {
        String both = "The beans " + this.services.describe(this.first) + " and " + this.services.describe(this.second)
                + " both serve the gRPC service '" + service + "'";
        List<String> methods = Stream.of(this.first, this.second)
            .map(this::beanMethod)
            .filter((m) -> !m.isEmpty())
            .toList();
        if (methods.isEmpty() || type(this.first) != type(this.second)) {
            return new RpcConfigurationException(both + ".",
                    "Remove one of the beans, or its @RpcService: a server serves each service once.");
        }
        if (methods.size() > 1) {
            return new RpcConfigurationException(
                    both + ": both are of one class, made by " + String.join(" and by ", methods) + ".",
                    "Remove one of the two methods.");
        }
        return new RpcConfigurationException(both
                + ": both are of one class, which is a bean by itself, as component scanning finds it, and once more by "
                + methods.get(0) + ".",
                "Remove this method. Or, to make the bean there, mark it @RpcService and not the class: what is marked"
                        + " @RpcService is found as any @Component.");
    }

    private Class<?> type(String beanName) {
        return AopProxyUtils.ultimateTargetClass(this.services.beans().getBean(beanName));
    }

    /** The method that makes a bean; empty if none does. */
    private String beanMethod(String beanName) {
        MethodMetadata method = factoryMethod(beanName);
        return (method != null)
                ? "the @Bean method '" + method.getMethodName() + "' of " + method.getDeclaringClassName() : "";
    }

    private @Nullable MethodMetadata factoryMethod(String beanName) {
        return (this.services.beans() instanceof ConfigurableListableBeanFactory factory
                && factory.containsBeanDefinition(beanName)
                && factory.getBeanDefinition(beanName) instanceof AnnotatedBeanDefinition definition)
                        ? definition.getFactoryMethodMetadata() : null;
    }

}
