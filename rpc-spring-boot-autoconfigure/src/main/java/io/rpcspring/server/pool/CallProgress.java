package io.rpcspring.server.pool;

/**
 * Is told how far a call is, by the events of that call.
 */
public sealed interface CallProgress permits AdmittedCall, TransportCall {

    /**
     * The application is told of the call now.
     * @param quietAtTheEnd whether none of its code listens to the call's end, nor runs
     * before the request is in
     */
    void started(boolean quietAtTheEnd);

    /**
     * Whether the next code of the application to run is that which the whole request is
     * brought to.
     * @return false if any event may be the application's
     */
    boolean waitsForRequest();

    /** The whole request is in. */
    void requestIsIn();

    /** Code of the application listens to the end after all. */
    void notQuiet();

}
