package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.Set;

import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Tells who asks Spring for a stub, without {@code @RpcClient}, what to write.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingStubAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final Environment environment;

    MissingStubAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable failure, NoSuchBeanDefinitionException cause,
            @Nullable String description) {
        ResolvableType wanted = cause.getResolvableType();
        Class<?> type = (wanted != null) ? wanted.resolve() : null;
        if (type == null || cause.getNumberOfBeansFound() > 0 || !isClient(type)) {
            return null;
        }
        Set<String> channels = Binder.get(this.environment)
            .bind("rpc.client.channels", Bindable.mapOf(String.class, Object.class))
            .map(Map::keySet)
            .orElse(Set.of());
        return new FailureAnalysis(
                ((description != null) ? description : "A bean") + " asks for a " + type.getName()
                        + ", which is no bean: @RpcClient injects it.",
                "Write @RpcClient(\"name\") in front of it. Configured channels: "
                        + (channels.isEmpty() ? "none" : String.join(", ", channels)) + ".\n"
                        + "If it stands on a field, and Lombok makes the constructor, write to lombok.config:\n\n"
                        + "lombok.copyableAnnotations += io.rpcspring.RpcClient",
                cause);
    }

    /** Stubs that the generator makes stand in a class of their service. */
    private static boolean isClient(Class<?> type) {
        return type == Channel.class || (AbstractStub.class.isAssignableFrom(type) && type.getDeclaringClass() != null);
    }

}
