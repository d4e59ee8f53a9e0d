package io.rpcspring.server.security;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.security.authorization.method.AuthorizationAdvisor;
import org.springframework.util.ReflectionUtils;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses services with annotations of Spring Security that nobody looks at.
 * <p>
 * Spring looks at them only if method security is enabled, and says nothing otherwise:
 * everybody may call then what only some should.
 *
 * @param beanName the bean's name
 * @param bean the bean or its proxy
 */
record MethodSecurityCheck(String beanName, Object bean) {

    private static final String PACKAGE = "org.springframework.security.access.";

    /** The annotations, and what enables them. */
    private static final Map<String, String> CURES = Map.of(PACKAGE + "prepost.PreAuthorize", "",
            PACKAGE + "prepost.PostAuthorize", "", PACKAGE + "prepost.PreFilter", "", PACKAGE + "prepost.PostFilter",
            "", PACKAGE + "annotation.Secured", "(securedEnabled = true)", "jakarta.annotation.security.RolesAllowed",
            "(jsr250Enabled = true)", "jakarta.annotation.security.DenyAll", "(jsr250Enabled = true)");

    /**
     * Lets only those pass whose annotations mean something.
     * @throws RpcConfigurationException if one means nothing
     */
    void requireMeaning() {
        Class<?> type = AopProxyUtils.ultimateTargetClass(this.bean);
        Stream.of(ReflectionUtils.getUniqueDeclaredMethods(type, MethodSecurityCheck::isCalled))
            .filter((method) -> !isAdvised(method, type))
            .forEach((method) -> mark(method).or(() -> mark(type)).ifPresent((mark) -> {
                throw meaningless(method, type, mark);
            }));
    }

    private static boolean isCalled(Method method) {
        return !Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers())
                && !method.isSynthetic() && !ReflectionUtils.isObjectMethod(method);
    }

    private static Optional<String> mark(AnnotatedElement element) {
        MergedAnnotations all = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        return CURES.keySet().stream().filter(all::isPresent).sorted().findFirst();
    }

    /** A proxy may stand before another one, as that of a scope does. */
    private boolean isAdvised(Method method, Class<?> type) {
        Object proxy = this.bean;
        while (proxy instanceof Advised advised) {
            if (Stream.of(advised.getAdvisors())
                .anyMatch((advisor) -> advisor.getAdvice() instanceof AuthorizationAdvisor
                        && advisor instanceof PointcutAdvisor looking
                        && looking.getPointcut().getClassFilter().matches(type)
                        && looking.getPointcut().getMethodMatcher().matches(method, type))) {
                return true;
            }
            proxy = target(advised);
        }
        return false;
    }

    private static @Nullable Object target(Advised advised) {
        try {
            return advised.getTargetSource().getTarget();
        }
        catch (Exception ex) {
            // Such as a scope that is not there now: what cannot be seen is not refused.
            return null;
        }
    }

    private RpcConfigurationException meaningless(Method method, Class<?> type, String mark) {
        String name = mark.substring(mark.lastIndexOf('.') + 1);
        String enabling = "@EnableMethodSecurity" + Objects.requireNonNull(CURES.get(mark));
        return new RpcConfigurationException(
                "The method '" + method.getName() + "' of the service bean '" + this.beanName + "' (" + type.getName()
                        + ") is marked @" + name + ", but nothing looks at it: everybody may call the method.",
                "Add " + enabling + " to a @Configuration class, or remove @" + name + ".");
    }

}
