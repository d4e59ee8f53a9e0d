package io.rpcspring.server.call;

import io.grpc.ServerInterceptor;

/**
 * An integration's place in the way of every call. {@link CallChain} shows where it is.
 *
 * @param place where it stands
 * @param interceptor what stands there
 */
public record ChainLink(Place place, ServerInterceptor interceptor) {

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
