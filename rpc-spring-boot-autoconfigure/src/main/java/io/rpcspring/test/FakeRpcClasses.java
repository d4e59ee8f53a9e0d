package io.rpcspring.test;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContextAnnotationUtils;

import io.rpcspring.RpcConfigurationException;

/**
 * Finds the nested classes of a test that are marked {@link FakeRpc}.
 */
final class FakeRpcClasses {

    private FakeRpcClasses() {
    }

    /**
     * Those of the class, of its superclasses, and of the classes around it.
     * @throws RpcConfigurationException if one is no class that Spring can make
     */
    static List<Class<?>> of(Class<?> test) {
        Set<Class<?>> found = new LinkedHashSet<>();
        addTo(found, test);
        return List.copyOf(found);
    }

    private static void addTo(Set<Class<?>> found, Class<?> test) {
        if (TestContextAnnotationUtils.searchEnclosingClass(test)) {
            addTo(found, test.getEnclosingClass());
        }
        List<Class<?>> hierarchy = new ArrayList<>();
        for (Class<?> type = test; type != null && type != Object.class; type = type.getSuperclass()) {
            hierarchy.add(type);
        }
        Collections.reverse(hierarchy);
        for (Class<?> type : hierarchy) {
            Arrays.stream(type.getDeclaredClasses())
                .filter((nested) -> AnnotatedElementUtils.hasAnnotation(nested, FakeRpc.class))
                .sorted(Comparator.comparing(Class::getName))
                .forEach((nested) -> found.add(checked(nested)));
        }
    }

    private static Class<?> checked(Class<?> nested) {
        if (!Modifier.isStatic(nested.getModifiers()) || Modifier.isAbstract(nested.getModifiers())) {
            throw new RpcConfigurationException(
                    "The class " + nested.getName() + " is marked @FakeRpc, but is "
                            + (Modifier.isStatic(nested.getModifiers()) ? "abstract" : "not static")
                            + ", so that Spring cannot make it.",
                    "Write: static class " + nested.getSimpleName() + ".");
        }
        return nested;
    }

}
