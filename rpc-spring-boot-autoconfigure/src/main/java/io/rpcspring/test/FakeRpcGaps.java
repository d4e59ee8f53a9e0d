package io.rpcspring.test;

import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.test.fault.Bytes;

/**
 * Tells which fake is missing, in the place of gRPC's own words.
 *
 * @param where whose fakes they are
 */
record FakeRpcGaps(String where) implements RpcServerCustomizer, ServerInterceptor {

    static FakeRpcGaps of(ConfigurableListableBeanFactory beans, Collection<String> fakes) {
        return new FakeRpcGaps(fakes.stream()
            .map((beanName) -> declaringClass(beans, beanName))
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining(", ")));
    }

    /** The test, if the fake or the method that makes it stands in a test. */
    private static String declaringClass(ConfigurableListableBeanFactory beans, String beanName) {
        Class<?> type = beans.getType(beanName, false);
        if (beans.containsBeanDefinition(beanName)
                && beans.getMergedBeanDefinition(beanName) instanceof RootBeanDefinition definition
                && definition.getResolvedFactoryMethod() != null) {
            type = definition.getResolvedFactoryMethod().getDeclaringClass();
        }
        while (type != null && type.getEnclosingClass() != null) {
            type = type.getEnclosingClass();
        }
        return (type != null) ? type.getSimpleName() : beanName;
    }

    @Override
    public void customize(ServerBuilder<?> builder) {
        builder.fallbackHandlerRegistry(new Registry()).intercept(this);
    }

    private Status status(String method) {
        return Status.UNIMPLEMENTED.withDescription("no fake for " + method + " in " + this.where);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return next.startCall(new SimpleForwardingServerCall<>(call) {

            @Override
            public void close(Status status, Metadata trailers) {
                boolean gap = status.getCode() == Status.Code.UNIMPLEMENTED
                        && ("Method " + method + " is unimplemented").equals(status.getDescription());
                super.close(gap ? status(method) : status, gap ? new Metadata() : trailers);
            }

        }, headers);
    }

    /**
     * Answers what no fake has.
     */
    private final class Registry extends HandlerRegistry {

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> method = Bytes.method(methodName, MethodDescriptor.MethodType.UNKNOWN);
            return ServerMethodDefinition.create(method, (call, headers) -> {
                call.close(status(methodName), new Metadata());
                return new ServerCall.Listener<>() {
                };
            });
        }

    }

}
