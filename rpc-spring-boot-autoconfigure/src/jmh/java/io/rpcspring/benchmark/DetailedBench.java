package io.rpcspring.benchmark;

import java.util.concurrent.CountDownLatch;

import com.google.rpc.BadRequest;
import io.grpc.Status;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcError;
import io.rpcspring.RpcService;
import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Order;
import io.rpcspring.benchmark.proto.Payload;

/**
 * A service whose calls fail, each in a way of its own.
 */
@RpcService(BenchGrpc.class)
class DetailedBench {

    static final RpcError OWN = RpcError.of(Status.Code.INVALID_ARGUMENT, "no such place",
            BadRequest.newBuilder()
                .addFieldViolations(
                        BadRequest.FieldViolation.newBuilder().setField("name").setDescription("is empty"))
                .build());

    private final CountDownLatch never = new CountDownLatch(1);

    Payload echo(Payload request) {
        if (request.getBody().toStringUtf8().equals("own")) {
            throw OWN.asRuntimeException();
        }
        throw new IllegalStateException("This failure is meant to be");
    }

    /** Holds its thread: its pool has one. */
    void download(Order order, MessageSender<Payload> out) throws InterruptedException {
        out.send(Payload.getDefaultInstance());
        this.never.await();
    }

}
