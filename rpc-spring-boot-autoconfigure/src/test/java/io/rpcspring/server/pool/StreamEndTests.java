package io.rpcspring.server.pool;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Where interceptors are told of the end of a stream whose handler holds its thread.
 */
class StreamEndTests {

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void endIsToldOnAThreadOfThePool(boolean cancelled) {
        Listening listening = new Listening();
        try (PlacesServer server = PlacesServer.start(List.of(Notes.class, listening))) {
            for (int i = 0; i < 50; i++) {
                try (RpcStream<Note, Note> stream = RpcStream.open(server.channel(), PlacesGrpc.getNotesMethod())) {
                    stream.send(Note.getDefaultInstance());
                    stream.next();
                    if (!cancelled) {
                        stream.halfClose();
                        assertThat(stream.hasNext()).isFalse();
                    }
                }
            }
            await().until(() -> listening.ends.size() == 50);
            assertThat(listening.ends)
                .allMatch((end) -> end.matches((cancelled ? "cancelled" : "completed") + " on rpc-streams-\\d+"));
            server.awaitIdle();
        }
    }

    /**
     * Answers each note.
     */
    @RpcService(PlacesGrpc.class)
    static final class Notes {

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

    }

    /**
     * Writes down each end, and the thread that told of it.
     */
    @RpcInterceptor
    static final class Listening implements ServerInterceptor {

        private final Queue<String> ends = new ConcurrentLinkedQueue<>();

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

                @Override
                public void onCancel() {
                    Listening.this.ends.add("cancelled on " + Thread.currentThread().getName());
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    Listening.this.ends.add("completed on " + Thread.currentThread().getName());
                    super.onComplete();
                }

            };
        }

    }

}
