package io.rpcspring.test;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.test.context.junit.jupiter.SpringExtension;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses test annotations on classes that run without Spring, where they would do
 * nothing.
 */
final class RpcTestExtension implements BeforeAllCallback, BeforeEachCallback {

    private static final String DETECTION = "junit.jupiter.extensions.autodetection.enabled";

    @Override
    public void beforeAll(ExtensionContext context) {
        requireSpring(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        requireSpring(context);
    }

    private static void requireSpring(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        if (!isRunBySpring(test) && !context.getConfigurationParameter(DETECTION).map(Boolean::valueOf).orElse(false)) {
            throw new RpcConfigurationException(
                    test.getName() + " uses @InProcessRpc or @LocalRpcServerPort, but runs without Spring.",
                    "Mark it @SpringBootTest, or @RpcTest for a slice of the application.");
        }
    }

    private static boolean isRunBySpring(Class<?> test) {
        return MergedAnnotations.search(SearchStrategy.TYPE_HIERARCHY)
            .withEnclosingClasses((type) -> true)
            .from(test)
            .stream(ExtendWith.class)
            .anyMatch((extension) -> List.of(extension.getClassArray("value")).contains(SpringExtension.class))
                || Arrays.stream(test.getDeclaredFields()).anyMatch(RpcTestExtension::isSpring);
    }

    private static boolean isSpring(Field field) {
        return field.isAnnotationPresent(RegisterExtension.class) && field.getType() == SpringExtension.class;
    }

}
