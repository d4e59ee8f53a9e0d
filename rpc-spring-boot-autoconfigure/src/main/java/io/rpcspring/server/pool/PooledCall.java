package io.rpcspring.server.pool;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * A call as its pool sees it.
 */
public interface PooledCall {

    /**
     * What is called.
     * @return the method
     */
    MethodDescriptor<?, ?> getMethodDescriptor();

    /**
     * Asks for messages.
     * @param count how many more
     */
    void request(int count);

    /**
     * Whether its client has cancelled it, or its deadline has passed.
     * @return true from then on
     */
    boolean isCancelled();

    /**
     * Whether it has ended, by whomever, so that only its end is left to be told.
     * @return true from then on
     */
    boolean isEnded();

    /**
     * Ends the call past all interceptors, unless it has ended. Called by any thread.
     * @param status what the client gets
     * @param trailers what else it gets
     */
    void refuse(Status status, Metadata trailers);

}
