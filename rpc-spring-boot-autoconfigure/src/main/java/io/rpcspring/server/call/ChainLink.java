package io.rpcspring.server.call;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * An integration's place in the way of every call. {@link CallChain} shows where it is.
 *
 * @param place where it stands
 * @param interceptor what stands there
 * @param methods before which methods it stands, asked for each when the server starts;
 * what observes stands before all
 * @param mayBlock whether it may block the thread of a call, which therefore must not be
 * the transport's
 * @param served is told of all services before the first method is asked for, and may
 * refuse the start by an exception
 */
public record ChainLink(Place place, ServerInterceptor interceptor, Predicate<MethodDescriptor<?, ?>> methods,
        boolean mayBlock, Consumer<Collection<Served>> served) {

    /**
     * Stands before some methods, and blocks none.
     * @param place where it stands
     * @param interceptor what stands there
     * @param methods before which methods it stands
     */
    public ChainLink(Place place, ServerInterceptor interceptor, Predicate<MethodDescriptor<?, ?>> methods) {
        this(place, interceptor, methods, false, (services) -> {
        });
    }

    /**
     * Stands before all methods.
     * @param place where it stands
     * @param interceptor what stands there
     */
    public ChainLink(Place place, ServerInterceptor interceptor) {
        this(place, interceptor, (method) -> true);
    }

    /**
     * A service that the server is about to serve.
     *
     * @param service the service
     * @param beanName the bean that serves it; null for the framework's own
     */
    public record Served(ServiceDescriptor service, @Nullable String beanName) {
    }

    /** Where an integration can stand, in the order in which calls pass. */
    public enum Place {

        /** Sees a call before all code of the application. */
        OBSERVATION,

        /** Decides whether a call may go on, before its body is decoded. */
        SECURITY,

        /** Checks each message. */
        VALIDATION

    }

}
