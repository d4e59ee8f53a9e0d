package io.rpcspring.server.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.RpcConfigurationException;

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
        Map<String, Method> handlers = handling.handlers(service.getName(), rpcs);
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
