package io.rpcspring.test;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * The auto-configurations of a slice: this starter's, and what they need of Spring
 * Boot's.
 */
final class RpcTestAutoConfigurations implements DeferredImportSelector {

    private static final String OURS = "io.rpcspring.";

    /** Those that are on the class path are taken. */
    private static final List<String> OF_BOOT = List.of(
            "org.springframework.boot.autoconfigure.aop.AopAutoConfiguration",
            "org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration",
            "org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration",
            "org.springframework.boot.autoconfigure.context.MessageSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration",
            "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration");

    @Override
    public String[] selectImports(AnnotationMetadata importing) {
        ClassLoader loader = ClassUtils.getDefaultClassLoader();
        Stream<String> ours = StreamSupport
            .stream(ImportCandidates.load(AutoConfiguration.class, loader).spliterator(), false)
            .filter((name) -> name.startsWith(OURS));
        Class<?>[] all = Stream.concat(ours, OF_BOOT.stream())
            .filter((name) -> ClassUtils.isPresent(name, loader))
            .map((name) -> ClassUtils.resolveClassName(name, loader))
            .toArray(Class<?>[]::new);
        return Arrays.stream(Configurations.getClasses(AutoConfigurations.of(all)))
            .map(Class::getName)
            .toArray(String[]::new);
    }

}
