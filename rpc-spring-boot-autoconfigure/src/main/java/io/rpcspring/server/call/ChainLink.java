package io.rpcspring.server.call;

import java.util.function.Predicate;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;

/**
 * An integration's place in the way of every call. {@link CallChain} shows where it is.
 *
 * @param place where it stands
 * @param interceptor what stands there
 * @param methods before which methods it stands, asked once for each when the server
 * starts; what observes stands before all
 */
public record ChainLink(Place place, ServerInterceptor interceptor, Predicate<MethodDescriptor<?, ?>> methods) {

    /**
     * Stands before all methods.
     * @param place where it stands
     * @param interceptor what stands there
     */
    public ChainLink(Place place, ServerInterceptor interceptor) {
        this(place, interceptor, (method) -> true);
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
