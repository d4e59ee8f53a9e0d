package io.rpcspring.benchmark;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Order;
import io.rpcspring.benchmark.proto.Payload;
import io.rpcspring.benchmark.proto.Total;

/**
 * The service as it is written for grpc-java: with observers and an on-ready handler.
 */
class RawBench extends BenchGrpc.BenchImplBase {

    @Override
    public void echo(Payload request, StreamObserver<Payload> responses) {
        Pause.of(request);
        responses.onNext(request);
        responses.onCompleted();
    }

    @Override
    public void download(Order order, StreamObserver<Payload> responses) {
        if (order.getRegardless()) {
            for (int i = 0; i < order.getMessages(); i++) {
                responses.onNext(order.getMessage());
            }
            responses.onCompleted();
        }
        else {
            whileReady(order, (ServerCallStreamObserver<Payload>) responses);
        }
    }

    private static void whileReady(Order order, ServerCallStreamObserver<Payload> responses) {
        responses.setOnReadyHandler(new Runnable() {

            private int left = order.getMessages();

            @Override
            public void run() {
                while (this.left > 0 && responses.isReady()) {
                    responses.onNext(order.getMessage());
                    this.left--;
                    if (this.left == 0) {
                        responses.onCompleted();
                    }
                }
            }

        });
    }

    @Override
    public StreamObserver<Payload> upload(StreamObserver<Total> responses) {
        return new Reader(responses) {

            private int messages;

            @Override
            public void onNext(Payload message) {
                this.messages++;
            }

            @Override
            public void onCompleted() {
                responses.onNext(Total.newBuilder().setMessages(this.messages).build());
                responses.onCompleted();
            }

        };
    }

    @Override
    public StreamObserver<Payload> pingPong(StreamObserver<Payload> responses) {
        return new Reader(responses) {

            @Override
            public void onNext(Payload message) {
                responses.onNext(message);
            }

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }

        };
    }

    /**
     * Reads a stream of requests; a client that leaves needs no answer.
     */
    private abstract static class Reader implements StreamObserver<Payload> {

        private final StreamObserver<?> responses;

        Reader(StreamObserver<?> responses) {
            this.responses = responses;
        }

        @Override
        public void onError(Throwable thrown) {
            this.responses.onError(thrown);
        }

    }

}
