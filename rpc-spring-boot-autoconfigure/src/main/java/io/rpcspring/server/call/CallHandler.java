package io.rpcspring.server.call;

import io.grpc.Status;

/**
 * Answers one call, and is told when somebody else has ended it.
 */
public interface CallHandler {

    /**
     * The call has ended, and nothing that the handler sends is of use any more: its
     * client has cancelled it, its deadline has passed, its connection is lost, or it was
     * refused or cut off. Called once, on any thread, and never after the handler has
     * ended the call itself.
     * @param status how it ended
     */
    void callEnded(Status status);

}
