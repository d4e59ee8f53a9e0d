package io.rpcspring.test;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Has Spring prepare the contexts of tests for gRPC. Its test framework finds this by its
 * name in a file, so that nothing of this package is loaded elsewhere.
 */
final class RpcTestContextCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public ContextCustomizer createContextCustomizer(Class<?> testClass,
            List<ContextConfigurationAttributes> attributes) {
        RpcTest slice = TestContextAnnotationUtils.findMergedAnnotation(testClass, RpcTest.class);
        boolean whole = TestContextAnnotationUtils.hasAnnotation(testClass, InProcessRpc.class);
        return new RpcTestContextCustomizer(kind(slice, whole), (slice != null) ? Set.of(slice.services()) : Set.of(),
                FakeRpcClasses.of(testClass));
    }

    private static RpcTestKind kind(@Nullable RpcTest slice, boolean whole) {
        return (slice != null) ? RpcTestKind.SLICE : whole ? RpcTestKind.IN_PROCESS : RpcTestKind.OTHER;
    }

}
