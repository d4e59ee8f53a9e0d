package io.rpcspring.server.call;

import io.grpc.ServerCallHandler;

/**
 * A handler that runs no code of the application when a call has ended, so that the end
 * can be told on any thread.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public interface QuietHandler<Q, R> extends ServerCallHandler<Q, R> {

    /**
     * Whether it really is so, unless the application asks to be told during the call.
     * @return false if the application is told of the end of each call
     */
    boolean isQuiet();

}
