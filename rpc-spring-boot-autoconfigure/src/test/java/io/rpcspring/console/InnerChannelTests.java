package io.rpcspring.console;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import org.junit.jupiter.api.Test;

import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way from the console to its server, when it is closed.
 */
class InnerChannelTests {

    private static final MethodDescriptor<DynamicMessage, DynamicMessage> FIND = CalledMethod
        .of(PlacesGrpc.getFindMethod(),
                PlaceName.getDescriptor().getFile().findServiceByName("Places").findMethodByName("Find"), null)
        .method();

    /** As on a machine that has much else to do. */
    @Test
    void waitsUntilItsCallsHaveToldOfTheirEnds() throws Exception {
        String door = InProcessServerBuilder.generateName();
        var server = InProcessServerBuilder.forName(door).build().start();
        InnerChannel channel = new InnerChannel(door, new CallWatch());
        Slow slow = new Slow();
        channel.newCall(FIND, CallOptions.DEFAULT, new ServedCall(() -> {
        })).start(slow, new Metadata());
        slow.begun.await();
        var later = Executors.newSingleThreadScheduledExecutor();
        var unused = later.schedule(slow.go::countDown, 2500, TimeUnit.MILLISECONDS);
        channel.close();
        assertThat(slow.ended).isCompletedWithValue(Status.Code.UNIMPLEMENTED);
        later.shutdownNow();
        server.shutdownNow().awaitTermination();
    }

    /** Is interrupted by what does not wait. */
    private static final class Slow extends ClientCall.Listener<DynamicMessage> {

        final CountDownLatch begun = new CountDownLatch(1);

        final CountDownLatch go = new CountDownLatch(1);

        final CompletableFuture<Status.Code> ended = new CompletableFuture<>();

        @Override
        public void onClose(Status status, Metadata trailers) {
            this.begun.countDown();
            try {
                this.go.await();
                this.ended.complete(status.getCode());
            }
            catch (InterruptedException ex) {
                this.ended.completeExceptionally(ex);
            }
        }

    }

}
