package io.rpcspring.test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.client.RpcChannelCustomizer;
import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.RpcServerCustomizer;

/**
 * Keeps of the scanned classes what belongs to a slice.
 */
final class RpcTestTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<RpcTest> {

    private static final List<Class<?>> KEPT = List.of(RpcInterceptor.class, RpcAdvice.class, ExceptionMapper.class,
            RpcServerCustomizer.class, RpcChannelCustomizer.class, FakeRpc.class);

    /** There only with Spring Security. */
    private static final String AUTHENTICATION = "io.rpcspring.server.security.RpcAuthentication";

    /**
     * Spring Boot makes it.
     * @param testClass has the annotation
     */
    RpcTestTypeExcludeFilter(Class<?> testClass) {
        super(testClass);
    }

    @Override
    protected boolean isUseDefaultFilters() {
        return true;
    }

    @Override
    protected Set<Class<?>> getKnownIncludes() {
        Set<Class<?>> kept = new HashSet<>(KEPT);
        if (ClassUtils.isPresent(AUTHENTICATION, null)) {
            kept.add(ClassUtils.resolveClassName(AUTHENTICATION, null));
        }
        return kept;
    }

    @Override
    protected Set<Class<?>> getComponentIncludes() {
        return Set.of(getAnnotation().getClassArray("services"));
    }

}
