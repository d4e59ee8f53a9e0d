package io.rpcspring.benchmark;

import java.util.concurrent.Semaphore;

import io.grpc.Status;

import io.rpcspring.benchmark.proto.Payload;

/**
 * Blocks the handler for as long as a request says: the same for every server.
 */
final class Pause {

    /** How many requests can use at once what is scarce. */
    static final int SCARCE = 4;

    private static final Semaphore CONNECTIONS = new Semaphore(SCARCE, true);

    private Pause() {
    }

    static void of(Payload request) {
        if (request.getPauseMs() == 0) {
            return;
        }
        try {
            if (request.getScarce()) {
                withConnection(request.getPauseMs());
            }
            else {
                Thread.sleep(request.getPauseMs());
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw Status.CANCELLED.withCause(ex).asRuntimeException();
        }
    }

    private static void withConnection(int millis) throws InterruptedException {
        CONNECTIONS.acquire();
        try {
            Thread.sleep(millis);
        }
        finally {
            CONNECTIONS.release();
        }
    }

}
