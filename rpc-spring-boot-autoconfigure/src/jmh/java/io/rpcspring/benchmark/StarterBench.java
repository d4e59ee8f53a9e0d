package io.rpcspring.benchmark;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Order;
import io.rpcspring.benchmark.proto.Payload;
import io.rpcspring.benchmark.proto.Total;

/**
 * The service as a plain object.
 */
@RpcService(BenchGrpc.class)
class StarterBench {

    Payload echo(Payload request) {
        Pause.of(request);
        return request;
    }

    void download(Order order, MessageSender<Payload> out) {
        for (int i = 0; i < order.getMessages(); i++) {
            out.send(order.getMessage());
        }
    }

    Total upload(MessageReceiver<Payload> in) {
        int messages = 0;
        while (in.hasNext()) {
            in.next();
            messages++;
        }
        return Total.newBuilder().setMessages(messages).build();
    }

    void pingPong(MessageReceiver<Payload> in, MessageSender<Payload> out) {
        for (Payload message : in) {
            out.send(message);
        }
    }

}
