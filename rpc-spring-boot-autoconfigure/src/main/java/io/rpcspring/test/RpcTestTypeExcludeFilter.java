package io.rpcspring.test;

import java.util.Set;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.client.RpcChannelCustomizer;
import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.RpcServerCustomizer;

/**
 * Keeps of the scanned classes what belongs to a slice.
 */
final class RpcTestTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<RpcTest> {

    private static final Set<Class<?>> KEPT = Set.of(RpcInterceptor.class, RpcAdvice.class, ExceptionMapper.class,
            RpcServerCustomizer.class, RpcChannelCustomizer.class, FakeRpc.class);

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
        return KEPT;
    }

    @Override
    protected Set<Class<?>> getComponentIncludes() {
        return Set.of(getAnnotation().getClassArray("services"));
    }

}
