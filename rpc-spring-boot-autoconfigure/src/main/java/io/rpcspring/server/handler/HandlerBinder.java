package io.rpcspring.server.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * Binds the methods of a plain object to the methods of a gRPC service, by their names.
 */
public final class HandlerBinder {

    private static final Log logger = LogFactory.getLog(HandlerBinder.class);

    private final HandlerSettings settings;

    /**
     * Creates a binder.
     * @param settings what all handlers of the server share
     */
    public HandlerBinder(HandlerSettings settings) {
        this.settings = settings;
    }

    /**
     * Binds a bean.
     * @param beanName the bean's name
     * @param bean the bean or its proxy
     * @param generated the class that the gRPC generator made of the service
     * @return the service; what the bean has no method for answers {@code UNIMPLEMENTED}
     * @throws RpcConfigurationException if the class is not generated, or a method does
     * not fit
     */
    public ServerServiceDefinition bind(String beanName, Object bean, Class<?> generated) {
        ServiceDescriptor service = descriptor(beanName, generated);
        Map<String, MethodDescriptor<?, ?>> rpcs = new LinkedHashMap<>();
        service.getMethods().forEach((rpc) -> rpcs.put(GeneratedNames.of(rpc), rpc));
        HandlerBean handling = new HandlerBean(beanName, bean);
        Map<String, Method> handlers = handlers(handling, service, rpcs);
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
        List<String> missing = new ArrayList<>();
        rpcs.forEach((name, rpc) -> {
            Method handler = handlers.get(name);
            if (handler == null) {
                missing.add(String.valueOf(rpc.getBareMethodName()));
                addUnimplemented(definition, rpc);
            }
            else {
                add(definition, new HandlerSignature<>(handling, handler, rpc));
            }
        });
        if (!missing.isEmpty()) {
            logger.warn("The bean '" + beanName + "' has no handler for " + String.join(", ", missing) + " of "
                    + service.getName() + ": calls of it are answered with UNIMPLEMENTED");
        }
        return definition.build();
    }

    private <Q, R> void add(ServerServiceDefinition.Builder definition, HandlerSignature<Q, R> signature) {
        definition.addMethod(signature.rpc(), signature.bind(this.settings));
    }

    private <Q, R> void addUnimplemented(ServerServiceDefinition.Builder definition, MethodDescriptor<Q, R> rpc) {
        definition.addMethod(rpc, new Unimplemented<>(this.settings.failures().statuses()));
    }

    private static Map<String, Method> handlers(HandlerBean bean, ServiceDescriptor service,
            Map<String, MethodDescriptor<?, ?>> rpcs) {
        Map<String, Method> handlers = new LinkedHashMap<>();
        Set<Class<?>> requests = rpcs.values()
            .stream()
            .map((rpc) -> new RpcShape(rpc).request())
            .collect(Collectors.toSet());
        Class<?> type = bean.type();
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type, HandlerBinder::isCandidate)) {
            ResolvedMethod resolved = new ResolvedMethod(method, type);
            if (rpcs.containsKey(method.getName())) {
                Method other = handlers.putIfAbsent(method.getName(), method);
                // A generic method and what overrides it are two methods, and one
                // handler.
                if (other != null && !resolved.takesTheSameAs(other)) {
                    throw overloaded(bean.name(), method, rpcs.get(method.getName()));
                }
            }
            else if (resolved.looksLikeHandler(requests)) {
                throw new RpcConfigurationException(
                        "The method " + resolved + " of " + bean + " looks like a handler, but " + service.getName()
                                + " has no such method. Its methods: "
                                + Names.nearestFirst(method.getName(), rpcs.keySet()) + ".",
                        "Name the handler after its gRPC method, or make it private if it is none.");
            }
        }
        return handlers;
    }

    private static boolean isCandidate(Method method) {
        return !Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers())
                && !method.isSynthetic() && !ReflectionUtils.isObjectMethod(method);
    }

    private static RpcConfigurationException overloaded(String beanName, Method method,
            @Nullable MethodDescriptor<?, ?> rpc) {
        return new RpcConfigurationException(
                "The bean '" + beanName + "' (" + method.getDeclaringClass().getName() + ") has more than one method '"
                        + method.getName() + "', so it is not clear which one handles "
                        + ((rpc != null) ? rpc.getFullMethodName() : "it") + ".",
                "Rename the others, or make them private.");
    }

    private static ServiceDescriptor descriptor(String beanName, Class<?> generated) {
        try {
            return (ServiceDescriptor) generated.getMethod("getServiceDescriptor").invoke(null);
        }
        catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
            throw new RpcConfigurationException(
                    "The bean '" + beanName + "' is marked @RpcService(" + generated.getSimpleName() + ".class), but "
                            + generated.getName() + " is not a class that the gRPC generator makes of a service.",
                    "Name the generated class, such as @RpcService(PlacesGrpc.class).", ex);
        }
    }

}
