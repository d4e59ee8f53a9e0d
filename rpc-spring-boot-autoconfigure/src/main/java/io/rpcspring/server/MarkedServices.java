package io.rpcspring.server;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.TreeSet;

import io.grpc.BindableService;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcService;

/**
 * Finds the beans marked {@link RpcService}, also where a proxy hides the mark.
 *
 * @param beans where they are
 * @param selection which of them count
 */
record MarkedServices(ListableBeanFactory beans, ServiceRegistry.Selection selection) {

    private static final Log logger = LogFactory.getLog(ServiceRegistry.class);

    /** The names of the beans, sorted. */
    Collection<String> names() {
        Collection<String> marked = new TreeSet<>();
        for (String beanName : this.beans.getBeanNamesForAnnotation(RpcService.class)) {
            marked.add(servedName(beanName));
        }
        marked.addAll(this.selection.marked());
        marked.removeIf((beanName) -> !this.selection.includes(beanName));
        for (String beanName : this.beans.getBeanNamesForType(BindableService.class)) {
            if (ScopedProxyUtils.isScopedTarget(beanName) || marked.contains(beanName)
                    || !this.selection.includes(beanName)) {
                continue;
            }
            if (mark(beanName, this.beans.getBean(beanName)) != null) {
                marked.add(beanName);
            }
            else {
                logger.info("Not served: the gRPC service bean " + describe(beanName) + " is not marked @RpcService");
            }
        }
        marked.stream().filter((beanName) -> !this.beans.isSingleton(beanName)).forEach(this::warnOfFirstInstance);
        return marked;
    }

    private void warnOfFirstInstance(String beanName) {
        logger.warn("The bean " + describe(beanName) + " is marked @RpcService, but is no singleton: its first instance"
                + " serves all calls. Remove its scope; or, for an instance per use, let it have a proxy:"
                + " @Scope(proxyMode = ScopedProxyMode.TARGET_CLASS)");
    }

    /** A scoped bean is served through its proxy, whoever of the two has the mark. */
    private static String servedName(String beanName) {
        return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
    }

    /** A proxy hides the annotations of its target from the bean factory. */
    @Nullable RpcService mark(String beanName, Object bean) {
        String target = ScopedProxyUtils.getTargetBeanName(beanName);
        RpcService mark = this.beans.findAnnotationOnBean(this.beans.containsBean(target) ? target : beanName,
                RpcService.class);
        if (mark == null) {
            mark = this.selection.mark(beanName);
        }
        return (mark != null) ? mark
                : AnnotatedElementUtils.findMergedAnnotation(AopProxyUtils.ultimateTargetClass(bean), RpcService.class);
    }

    /** The bean as a message names it. */
    String describe(String beanName) {
        Class<?> type = this.beans.getType(beanName);
        return "'" + beanName + "'" + ((type != null && !Proxy.isProxyClass(type))
                ? " (" + ClassUtils.getUserClass(type).getName() + ")" : "");
    }

}
