package io.rpcspring.benchmark;

import io.grpc.Status;

import io.rpcspring.benchmark.proto.Payload;

/**
 * Blocks the handler for as long as a request says: the same for every server.
 */
final class Pause {

    private Pause() {
    }

    static void of(Payload request) {
        if (request.getPauseMs() > 0) {
            try {
                Thread.sleep(request.getPauseMs());
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw Status.CANCELLED.withCause(ex).asRuntimeException();
            }
        }
    }

}
