package io.rpcspring.console;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.DynamicMessage;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The way from the console to the same application's server, without a network.
 */
final class InnerChannel implements AutoCloseable {

    private final CallWatch watch;

    private final ExecutorService threads = threads();

    private final ManagedChannel channel;

    /**
     * Leads through a door.
     * @param door the name of the door
     * @param watch recognizes the calls on the server
     */
    InnerChannel(String door, CallWatch watch) {
        this.watch = watch;
        this.channel = InProcessChannelBuilder.forName(door).executor(this.threads).build();
    }

    /** Each waits for a browser now and then, so they are as many as there are calls. */
    private static ExecutorService threads() {
        CustomizableThreadFactory factory = new CustomizableThreadFactory("rpc-console-");
        factory.setDaemon(true);
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    /** A call whose end takes its mark with it. */
    ClientCall<DynamicMessage, DynamicMessage> newCall(CallStart start, ServedCall served) {
        return new SimpleForwardingClientCall<>(this.channel.newCall(start.method().method(), start.options())) {

            @Override
            public void start(Listener<DynamicMessage> listener, Metadata headers) {
                String mark = InnerChannel.this.watch.expect(served, headers);
                try {
                    super.start(new UnmarkedEnd(listener, mark), headers);
                }
                catch (RuntimeException ex) {
                    InnerChannel.this.watch.forget(mark);
                    throw ex;
                }
            }

        };
    }

    /** Runs what may have to wait for a browser. */
    void execute(Runnable task) {
        try {
            this.threads.execute(task);
        }
        catch (RejectedExecutionException ex) {
            // It is closed, and nobody looks any more.
        }
    }

    /** Does not wait for a server that was away to be looked for again. */
    void serverIsThere() {
        this.channel.resetConnectBackoff();
    }

    @Override
    public void close() {
        this.channel.shutdownNow();
        try {
            boolean ended = this.channel.awaitTermination(1, TimeUnit.SECONDS);
            this.threads.shutdown();
            if (!ended || !this.threads.awaitTermination(1, TimeUnit.SECONDS)) {
                this.threads.shutdownNow();
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            this.threads.shutdownNow();
        }
    }

    /** Forgets the mark of a call that has ended. */
    private final class UnmarkedEnd extends SimpleForwardingClientCallListener<DynamicMessage> {

        private final String mark;

        private UnmarkedEnd(ClientCall.Listener<DynamicMessage> listener, String mark) {
            super(listener);
            this.mark = mark;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            InnerChannel.this.watch.forget(this.mark);
            super.onClose(status, trailers);
        }

    }

}
