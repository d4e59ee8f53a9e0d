package io.rpcspring.client;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.NameResolver;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks of one channel, and later ones, in its synchronization context.
 *
 * @param context in which everything of the channel runs
 * @param executor waits
 */
record ChannelTimer(SynchronizationContext context, ScheduledExecutorService executor) {

    static ChannelTimer of(NameResolver.Args args) {
        return new ChannelTimer(args.getSynchronizationContext(), args.getScheduledExecutorService());
    }

    void execute(Runnable task) {
        this.context.execute(task);
    }

    ScheduledHandle schedule(Runnable task, long nanos) {
        return this.context.schedule(task, nanos, TimeUnit.NANOSECONDS, this.executor);
    }

    static void cancel(@Nullable ScheduledHandle task) {
        if (task != null) {
            task.cancel();
        }
    }

}
