package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;

import io.rpcspring.server.call.LiveCalls.QuietHandler;

/**
 * Keeps a handler quiet that stands behind links only, which are no code of the
 * application.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 * @param links lead to it
 * @param handler knows whether it is quiet
 */
record LinkedHandler<Q, R>(ServerCallHandler<Q, R> links, QuietHandler<?, ?> handler) implements QuietHandler<Q, R> {

    /** The method with links, as quiet as it is without them. */
    static <Q, R> ServerMethodDefinition<Q, R> quiet(ServerMethodDefinition<Q, R> linked,
            ServerMethodDefinition<?, ?> method) {
        boolean alone = linked.getServerCallHandler() == method.getServerCallHandler();
        return (!alone && method.getServerCallHandler() instanceof QuietHandler<?, ?> handler)
                ? linked.withServerCallHandler(new LinkedHandler<>(linked.getServerCallHandler(), handler)) : linked;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        return this.links.startCall(call, headers);
    }

    @Override
    public boolean isQuiet() {
        return this.handler.isQuiet();
    }

}
