package io.rpcspring.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

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
     * The marked beans of a type that are wanted, in their order. The others are not
     * created.
     * @throws RpcConfigurationException if a marked bean intercepts nothing
     */
    static <T> List<MarkedInterceptor<T>> find(ListableBeanFactory beans, Class<T> type,
            Predicate<RpcInterceptor> wanted) {
        List<MarkedInterceptor<T>> found = new ArrayList<>();
        marks(beans, type).forEach((beanName, mark) -> {
            if (wanted.test(mark)) {
                found.add(new MarkedInterceptor<>(beanName, beans.getBean(beanName, type), mark));
            }
        });
        found.sort(Comparator.comparingInt((marked) -> marked.order(beans)));
        return found;
    }

    /**
     * The marks on beans of a type by the beans' names. No bean is created.
     * @throws RpcConfigurationException if a marked bean intercepts nothing
     */
    static Map<String, RpcInterceptor> marks(ListableBeanFactory beans, Class<?> type) {
        Map<String, RpcInterceptor> marks = new LinkedHashMap<>();
        for (String beanName : beans.getBeanNamesForAnnotation(RpcInterceptor.class)) {
            if (!beans.isTypeMatch(beanName, ServerInterceptor.class)
                    && !beans.isTypeMatch(beanName, ClientInterceptor.class)) {
                Class<?> actual = beans.getType(beanName);
                throw new RpcConfigurationException(
                        "The bean '" + beanName + "' (" + ((actual != null) ? actual.getName() : "unknown type")
                                + ") is marked @RpcInterceptor, but is no interceptor.",
                        "Let it implement io.grpc.ServerInterceptor or io.grpc.ClientInterceptor, or remove"
                                + " @RpcInterceptor.");
            }
            RpcInterceptor mark = beans.findAnnotationOnBean(beanName, RpcInterceptor.class);
            if (mark != null && beans.isTypeMatch(beanName, type)) {
                marks.put(beanName, mark);
            }
        }
        return marks;
    }

    private int order(ListableBeanFactory beans) {
        if (this.bean instanceof Ordered ordered) {
            return ordered.getOrder();
        }
        Order order = beans.findAnnotationOnBean(this.beanName, Order.class);
        return (order != null) ? order.value() : Ordered.LOWEST_PRECEDENCE;
    }

}
