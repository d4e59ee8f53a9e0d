package io.rpcspring.server.advice;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.words.Names;

/**
 * Finds the beans marked {@link RpcAdvice}, in their order.
 */
public final class Advices {

    private final List<Advice> all;

    private Advices(List<Advice> all) {
        this.all = all;
    }

    /**
     * Finds the advices and checks their methods.
     * @param beans where they are
     * @return those there are, the first to be asked first
     * @throws RpcConfigurationException if one is not what it should be
     */
    public static Advices in(ListableBeanFactory beans) {
        List<Advice> found = new ArrayList<>();
        for (String beanName : beans.getBeanNamesForAnnotation(RpcAdvice.class)) {
            RpcAdvice mark = beans.findAnnotationOnBean(beanName, RpcAdvice.class);
            if (mark != null && !ScopedProxyUtils.isScopedTarget(beanName)) {
                found
                    .add(Advice.of(beanName, beans.getBean(beanName), order(beans, beanName), Set.of(mark.services())));
            }
        }
        found.sort(Comparator.comparingInt(Advice::order));
        return new Advices(found);
    }

    /**
     * What the advices say.
     * @return the first is asked first
     */
    public List<CallFailures.Mapping> mappings() {
        return List.copyOf(this.all);
    }

    private static int order(ListableBeanFactory beans, String beanName) {
        if (beans.isTypeMatch(beanName, Ordered.class)) {
            return beans.getBean(beanName, Ordered.class).getOrder();
        }
        Order order = beans.findAnnotationOnBean(beanName, Order.class);
        return (order != null) ? order.value() : Ordered.LOWEST_PRECEDENCE;
    }

    /**
     * Refuses an advice for what is not there.
     * @param services the full names of the services that are served
     * @throws RpcConfigurationException if one names another
     */
    public void requireServices(Collection<String> services) {
        for (Advice advice : this.all) {
            for (String service : advice.services()) {
                if (!services.contains(service)) {
                    throw new RpcConfigurationException(
                            "The advice bean '" + advice.beanName() + "' names the service '" + service
                                    + "', which no bean serves. Served: " + Names.nearestFirst(service, services) + ".",
                            "Correct the name in @RpcAdvice(services = ...), or leave it out to advise all.");
                }
            }
        }
    }

    /**
     * Refuses methods that would never be asked.
     * @param beanName the name of a bean that serves
     * @param type its class
     * @throws RpcConfigurationException if it maps exceptions and is no advice
     */
    public static void requireNone(String beanName, Class<?> type) {
        List<Method> marked = Advice.markedMethods(type);
        if (!marked.isEmpty() && !AnnotatedElementUtils.hasAnnotation(type, RpcAdvice.class)) {
            throw new RpcConfigurationException(
                    "The method '" + marked.get(0).getName() + "' of the service bean '" + beanName + "' ("
                            + type.getName() + ") is marked @RpcExceptionHandler, but only advices are asked.",
                    "Move it to a bean that is marked @RpcAdvice, which may name this service.");
        }
    }

}
