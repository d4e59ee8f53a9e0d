package io.rpcspring.client;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.util.Objects;

import io.grpc.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * Answers injection points that are marked {@link RpcClient}.
 * <p>
 * Spring asks one question for every injection point, the one behind {@code @Value}; this
 * resolver answers it with a stub or channel and leaves all others to Spring.
 */
public final class RpcClientResolver extends ContextAnnotationAutowireCandidateResolver {

    private final ObjectProvider<RpcChannels> channels;

    /**
     * Creates a resolver that asks for the channels only when an injection point does.
     * @param channels the shared channels
     */
    public RpcClientResolver(ObjectProvider<RpcChannels> channels) {
        this.channels = channels;
    }

    @Override
    public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
        String name = channelName(descriptor);
        return (name != null) ? client(name, descriptor) : super.getSuggestedValue(descriptor);
    }

    /**
     * Channels are lazy, and generated stubs are final: no proxy is wanted or possible.
     */
    @Override
    protected boolean isLazy(DependencyDescriptor descriptor) {
        return channelName(descriptor) == null && super.isLazy(descriptor);
    }

    private static @Nullable String channelName(DependencyDescriptor descriptor) {
        String name = channelName(descriptor.getAnnotations());
        MethodParameter parameter = descriptor.getMethodParameter();
        return (name != null || parameter == null) ? name : channelName(parameter.getMethodAnnotations());
    }

    private static @Nullable String channelName(Annotation[] annotations) {
        MergedAnnotation<RpcClient> client = MergedAnnotations.from(annotations).get(RpcClient.class);
        return client.isPresent() ? client.getString("value") : null;
    }

    private Object client(String name, DependencyDescriptor descriptor) {
        RpcChannels all = this.channels.getObject();
        if (name.isBlank()) {
            throw new RpcConfigurationException("@RpcClient on " + describe(descriptor) + " names no channel.",
                    "Write the name of a channel: @RpcClient(\"places\"). Configured channels: "
                            + Names.nearestFirst(name, all.names()) + ".");
        }
        // A field's type may be a variable, which its bean's class knows.
        Class<?> type = descriptor.getResolvableType().resolve(descriptor.getDependencyType());
        Object replacement = all.replacement(name, type);
        return (replacement != null) ? replacement : client(name, type, all, descriptor);
    }

    private static Object client(String name, Class<?> type, RpcChannels all, DependencyDescriptor descriptor) {
        String askedBy = ", but " + describe(descriptor) + " asks for it";
        if (type == Channel.class) {
            Channel channel = all.get(name, null, askedBy);
            all.methodNames().usedBare(name);
            return channel;
        }
        StubFactory stubs = stubs(name, type, descriptor);
        Channel channel = all.get(name, GeneratedServices.descriptor(stubs.generated()).getName(), askedBy);
        all.methodNames().used(name, stubs.generated());
        return stubs.create(channel);
    }

    private static StubFactory stubs(String name, Class<?> type, DependencyDescriptor descriptor) {
        return StubFactory.of(type)
            .orElseThrow(() -> new RpcConfigurationException(
                    "@RpcClient(\"" + name + "\") cannot inject " + type.getName() + " into " + describe(descriptor)
                            + ": it is no generated stub.",
                    "Use a stub that the gRPC generator makes, such as PlacesGrpc.PlacesBlockingStub,"
                            + " or io.grpc.Channel."));
    }

    private static String describe(DependencyDescriptor descriptor) {
        Field field = descriptor.getField();
        if (field != null) {
            return "field '" + field.getName() + "' of " + field.getDeclaringClass().getName();
        }
        MethodParameter parameter = Objects.requireNonNull(descriptor.getMethodParameter());
        String where = (parameter.getMethod() != null) ? "method '" + parameter.getMethod().getName() + "'"
                : "the constructor";
        String name = (descriptor.getDependencyName() != null) ? "'" + descriptor.getDependencyName() + "'"
                : String.valueOf(parameter.getParameterIndex());
        return "parameter " + name + " of " + where + " of " + parameter.getDeclaringClass().getName();
    }

}
