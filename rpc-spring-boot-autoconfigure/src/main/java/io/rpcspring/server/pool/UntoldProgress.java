package io.rpcspring.server.pool;

import io.rpcspring.server.pool.HandlerPools.CallProgress;

/**
 * Stands for what runs a call and need not know how far it is.
 */
enum UntoldProgress implements CallProgress {

    /** The only one. */
    UNTOLD;

    @Override
    public void started(boolean quietAtTheEnd) {
        // Nobody wants to know.
    }

    @Override
    public boolean waitsForRequest() {
        return false;
    }

    @Override
    public void requestIsIn() {
        // Nobody wants to know.
    }

    @Override
    public void notQuiet() {
        // Nobody wants to know.
    }

}
