package io.rpcspring.benchmark;

import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;

import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Order;
import io.rpcspring.benchmark.proto.Payload;

/**
 * Measures what a client costs that reads 20 messages a second of the 6,000 it ordered.
 * <p>
 * The heap is as large from the start as it can get, so what the process grows by lies
 * outside it, where no heap metric shows it.
 */
record SlowReader(Options options) {

    private static final List<String> FIXED_HEAP = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch",
            "-XX:MaxDirectMemorySize=1g");

    private static final int MESSAGES = 6_000;

    private static final int PER_SECOND = 20;

    private static final Payload MESSAGE = Payload.newBuilder()
        .setBody(ByteString.copyFrom(new byte[64 * 1024]))
        .build();

    void run() throws InterruptedException {
        System.out.println("\n| server | resident memory grows by MiB |\n|---|---|");
        measure("raw, plain onNext loop", Variant.BASELINE, true);
        measure("raw, onNext while ready", Variant.BASELINE, false);
        measure(Variant.STARTER, Variant.STARTER, false);
    }

    private void measure(String title, String variant, boolean regardless) throws InterruptedException {
        try (ServerProcess server = new ServerProcess(Variant.named(variant), FIXED_HEAP)) {
            warmUp(server);
            long before = server.usage().residentKib();
            long peak = before;
            ClientCall<Order, Payload> call = server.channel()
                .newCall(BenchGrpc.getDownloadMethod(), CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {
            }, new Metadata());
            call.sendMessage(order(MESSAGES).setRegardless(regardless).build());
            call.halfClose();
            for (int i = 0; i < PER_SECOND * this.options.seconds(); i++) {
                call.request(1);
                TimeUnit.MILLISECONDS.sleep(1_000 / PER_SECOND);
                peak = Math.max(peak, server.usage().residentKib());
            }
            call.cancel("Measured", null);
            System.out.printf("| %s | %.1f |%n", title, (peak - before) / 1024.0);
        }
    }

    /** A fast reader has the same messages, so that all code and buffers are there. */
    private static void warmUp(ServerProcess server) {
        for (int i = 0; i < 5; i++) {
            BenchGrpc.newBlockingStub(server.channel()).download(order(1_000).build()).forEachRemaining((message) -> {
            });
        }
    }

    private static Order.Builder order(int messages) {
        return Order.newBuilder().setMessages(messages).setMessage(MESSAGE);
    }

}
