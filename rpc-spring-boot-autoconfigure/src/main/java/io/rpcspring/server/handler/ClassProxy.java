package io.rpcspring.server.handler;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses methods that would run on a bean's class proxy instead of the bean.
 * <p>
 * The proxy is an object of a subclass. Its own fields are empty, so that it must
 * override, and pass on, whatever is called.
 *
 * @param beanName the bean's name
 * @param bean the bean or its proxy
 */
public record ClassProxy(String beanName, Object bean) {

    /**
     * Finds out whether a method reaches the bean.
     * @param method the method of the bean's class
     * @param description what a message calls it
     * @throws RpcConfigurationException if a class proxy cannot override it
     */
    public void requireOverridable(Method method, String description) {
        if (!AopUtils.isCglibProxy(this.bean)) {
            return;
        }
        if (Modifier.isFinal(method.getModifiers())) {
            throw unreachable(description, "is final", "Remove final (in Kotlin, write open)");
        }
        if (isHidden(method)) {
            throw unreachable(description, "is package-private in another package than its proxy",
                    "Make it protected or public");
        }
    }

    private boolean isHidden(Method method) {
        int visible = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.PRIVATE;
        return (method.getModifiers() & visible) == 0
                && !method.getDeclaringClass().getPackageName().equals(this.bean.getClass().getPackageName());
    }

    private RpcConfigurationException unreachable(String description, String why, String cure) {
        return new RpcConfigurationException(
                description + " of the bean '" + this.beanName + "' ("
                        + AopProxyUtils.ultimateTargetClass(this.bean).getName() + ") " + why
                        + ", so the class proxy of the bean cannot override it: it would run on the proxy, whose fields"
                        + " are empty.",
                cure + ", or keep what makes the proxy, such as @Transactional, off this class: put it on a bean that"
                        + " this one calls.");
    }

}
