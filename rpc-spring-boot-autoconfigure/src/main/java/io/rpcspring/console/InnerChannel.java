package io.rpcspring.console;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The way from the console to the same application's server, without a network.
 */
final class InnerChannel implements AutoCloseable {

    /** How long closing waits for tabs to take the ends of their calls. */
    private static final int SECONDS_FOR_ENDS = 5;

    private final CallWatch watch;

    private final ExecutorService threads = threads();

    private final ManagedChannel channel;

    /** The calls that have not told of their end yet, and the channel itself. */
    private final Phaser open = new Phaser(1);

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
    ClientCall<DynamicMessage, DynamicMessage> newCall(MethodDescriptor<DynamicMessage, DynamicMessage> method,
            CallOptions options, ServedCall served) {
        return new SimpleForwardingClientCall<>(this.channel.newCall(method, options)) {

            @Override
            public void start(Listener<DynamicMessage> listener, Metadata headers) {
                String mark = InnerChannel.this.watch.expect(served, headers);
                InnerChannel.this.open.register();
                try {
                    super.start(new UnmarkedEnd(listener, mark), headers);
                }
                catch (RuntimeException ex) {
                    forget(mark);
                    throw ex;
                }
            }

        };
    }

    private void forget(String mark) {
        this.watch.forget(mark);
        this.open.arriveAndDeregister();
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

    /** Calls that are still open end at once, and tell so first. */
    @Override
    public void close() {
        this.channel.shutdownNow();
        try {
            this.open.awaitAdvanceInterruptibly(this.open.arrive(), SECONDS_FOR_ENDS, TimeUnit.SECONDS);
            this.threads.shutdown();
            if (!this.threads.awaitTermination(1, TimeUnit.SECONDS)) {
                this.threads.shutdownNow();
            }
        }
        catch (TimeoutException ex) {
            this.threads.shutdownNow();
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            this.threads.shutdownNow();
        }
    }

    /** Forgets the mark of a call that has ended, and told so. */
    private final class UnmarkedEnd extends SimpleForwardingClientCallListener<DynamicMessage> {

        private final String mark;

        private UnmarkedEnd(ClientCall.Listener<DynamicMessage> listener, String mark) {
            super(listener);
            this.mark = mark;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            try {
                super.onClose(status, trailers);
            }
            finally {
                forget(this.mark);
            }
        }

    }

}
