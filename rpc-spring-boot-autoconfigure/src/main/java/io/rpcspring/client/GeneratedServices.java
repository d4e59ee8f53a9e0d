package io.rpcspring.client;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.util.ClassUtils;

/**
 * Knows the services that a name in the configuration may mean: those of the stubs that
 * are in use, and any other of the class path.
 * <p>
 * Nothing says in which package the generator puts a service, so the last resort looks
 * through the whole class path. What is spelt right is found before.
 */
final class GeneratedServices {

    private final Map<Class<?>, ServiceDescriptor> known = new LinkedHashMap<>();

    /** Remembers the class around a stub. */
    void add(Class<?> generated) {
        this.known.computeIfAbsent(generated, GeneratedServices::descriptor);
    }

    @Nullable ServiceDescriptor find(String name) {
        ServiceDescriptor found = among(this.known.values(), name);
        return (found != null) ? found : onClassPath(name);
    }

    private @Nullable ServiceDescriptor onClassPath(String name) {
        String simple = name.substring(name.lastIndexOf('.') + 1) + "Grpc";
        Set<String> packages = new TreeSet<>();
        packages.add(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
        this.known.keySet().forEach((generated) -> packages.add(generated.getPackageName()));
        packages.forEach((guess) -> load(guess + "." + simple));
        ServiceDescriptor found = among(this.known.values(), name);
        if (found == null) {
            scan(simple).forEach(this::load);
        }
        return (found != null) ? found : among(this.known.values(), name);
    }

    private void load(String className) {
        ClassLoader loader = ClassUtils.getDefaultClassLoader();
        if (ClassUtils.isPresent(className, loader)) {
            Class<?> found = ClassUtils.resolveClassName(className, loader);
            if (ClassUtils.hasMethod(found, "getServiceDescriptor")) {
                add(found);
            }
        }
    }

    private static Stream<String> scan(String simpleName) {
        try {
            SimpleMetadataReaderFactory reader = new SimpleMetadataReaderFactory();
            Stream.Builder<String> names = Stream.builder();
            for (Resource file : new PathMatchingResourcePatternResolver()
                .getResources("classpath*:**/" + simpleName + ".class")) {
                names.add(reader.getMetadataReader(file).getClassMetadata().getClassName());
            }
            return names.build();
        }
        catch (IOException ex) {
            throw new IllegalStateException("Cannot look for " + simpleName + " on the class path", ex);
        }
    }

    private static @Nullable ServiceDescriptor among(Collection<ServiceDescriptor> services, String name) {
        return services.stream().filter((service) -> service.getName().equals(name)).findFirst().orElse(null);
    }

    static ServiceDescriptor descriptor(Class<?> generated) {
        try {
            return (ServiceDescriptor) generated.getMethod("getServiceDescriptor").invoke(null);
        }
        catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException(generated + " was not made by the gRPC generator", ex);
        }
    }

}
