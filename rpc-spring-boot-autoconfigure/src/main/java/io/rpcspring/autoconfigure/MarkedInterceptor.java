package io.rpcspring.autoconfigure;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;

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
        for (String marked : beans.getBeanNamesForAnnotation(RpcInterceptor.class)) {
            String beanName = usedName(marked);
            if (!beans.isTypeMatch(beanName, ServerInterceptor.class)
                    && !beans.isTypeMatch(beanName, ClientInterceptor.class)) {
                Class<?> actual = beans.getType(beanName);
                throw new RpcConfigurationException(
                        "The bean '" + beanName + "' (" + ((actual != null) ? actual.getName() : "unknown type")
                                + ") is marked @RpcInterceptor, but is no interceptor.",
                        "Let it implement io.grpc.ServerInterceptor or io.grpc.ClientInterceptor, or remove"
                                + " @RpcInterceptor.");
            }
            RpcInterceptor mark = beans.findAnnotationOnBean(marked, RpcInterceptor.class);
            if (mark != null && beans.isTypeMatch(beanName, type)) {
                marks.put(beanName, mark);
            }
        }
        for (String beanName : beans.getBeanNamesForType(type, true, false)) {
            RpcInterceptor mark = hiddenMark(beans, beanName);
            if (mark != null) {
                marks.putIfAbsent(beanName, mark);
            }
        }
        return marks;
    }

    /** A scoped bean is used through its proxy, whoever of the two has the mark. */
    private static String usedName(String beanName) {
        return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
    }

    /** A JDK proxy, which exists already, hides the annotations of its class. */
    private static @Nullable RpcInterceptor hiddenMark(ListableBeanFactory beans, String beanName) {
        Class<?> type = beans.getType(beanName);
        return (type != null && Proxy.isProxyClass(type)) ? AnnotatedElementUtils.findMergedAnnotation(
                AopProxyUtils.ultimateTargetClass(beans.getBean(beanName)), RpcInterceptor.class) : null;
    }

    /**
     * As Spring orders beans: what a {@code @Bean} method says counts before its class.
     */
    private int order(ListableBeanFactory beans) {
        String target = ScopedProxyUtils.getTargetBeanName(this.beanName);
        return ((DefaultListableBeanFactory) beans).getOrder(beans.containsBean(target) ? target : this.beanName,
                this.bean);
    }

}
