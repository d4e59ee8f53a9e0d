package io.rpcspring.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcInterceptor;

/**
 * A bean that is marked {@link RpcInterceptor}.
 *
 * @param <T> the type of interceptor
 * @param beanName the bean's name
 * @param bean the bean
 * @param mark says what it applies to
 */
record MarkedInterceptor<T>(String beanName, T bean, RpcInterceptor mark) {

    /**
     * The marked beans of a type, in their order.
     * @throws RpcConfigurationException if a marked bean intercepts nothing
     */
    static <T> List<MarkedInterceptor<T>> find(ListableBeanFactory beans, Class<T> type) {
        List<MarkedInterceptor<T>> found = new ArrayList<>();
        for (String beanName : beans.getBeanNamesForAnnotation(RpcInterceptor.class)) {
            Object bean = beans.getBean(beanName);
            if (!(bean instanceof ServerInterceptor || bean instanceof ClientInterceptor)) {
                throw new RpcConfigurationException(
                        "The bean '" + beanName + "' (" + bean.getClass().getName()
                                + ") is marked @RpcInterceptor, but is no interceptor.",
                        "Let it implement io.grpc.ServerInterceptor or io.grpc.ClientInterceptor, or remove"
                                + " @RpcInterceptor.");
            }
            RpcInterceptor mark = beans.findAnnotationOnBean(beanName, RpcInterceptor.class);
            if (type.isInstance(bean) && mark != null) {
                found.add(new MarkedInterceptor<>(beanName, type.cast(bean), mark));
            }
        }
        found.sort(Comparator.comparingInt((marked) -> marked.order(beans)));
        return found;
    }

    private int order(ListableBeanFactory beans) {
        if (this.bean instanceof Ordered ordered) {
            return ordered.getOrder();
        }
        Order order = beans.findAnnotationOnBean(this.beanName, Order.class);
        return (order != null) ? order.value() : Ordered.LOWEST_PRECEDENCE;
    }

}
