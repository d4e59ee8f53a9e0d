package io.rpcspring.console;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Recognizes the console's own calls on the server, to say when and where they ran.
 * <p>
 * They bear a mark that nobody can guess, and that no handler sees. Other calls cost a
 * look at their headers.
 */
public final class CallWatch implements ServerInterceptor {

    static final Metadata.Key<String> ID = Metadata.Key.of("rpc-console-call", Metadata.ASCII_STRING_MARSHALLER);

    private final Map<String, ServedCall> expected = new ConcurrentHashMap<>();

    /**
     * Marks a call that is about to be made.
     * @return how it is recognized; to be given back when it has ended
     */
    String expect(ServedCall call, Metadata headers) {
        String id = UUID.randomUUID().toString();
        headers.put(ID, id);
        this.expected.put(id, call);
        return id;
    }

    void forget(String id) {
        this.expected.remove(id);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        String id = headers.get(ID);
        if (id == null) {
            return next.startCall(call, headers);
        }
        headers.discardAll(ID);
        ServedCall known = this.expected.get(id);
        if (known == null) {
            return next.startCall(call, headers);
        }
        known.begins();
        return next.startCall(new Watched<>(call, known), headers);
    }

    /**
     * Sees who answers.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    private static final class Watched<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private final ServedCall seen;

        private Watched(ServerCall<Q, R> call, ServedCall seen) {
            super(call);
            this.seen = seen;
        }

        @Override
        public void sendMessage(R message) {
            this.seen.works();
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            this.seen.ends();
            super.close(status, trailers);
        }

    }

}
