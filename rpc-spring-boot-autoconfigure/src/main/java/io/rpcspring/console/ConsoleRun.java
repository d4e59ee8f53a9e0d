package io.rpcspring.console;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * What the console has open while it runs: its way to the server, and a clock.
 */
final class ConsoleRun implements AutoCloseable {

    private static final Log logger = LogFactory.getLog(ConsoleRun.class);

    private final InnerChannel channel;

    private final ScheduledExecutorService clock;

    /**
     * Starts the clock.
     * @param channel closed with this
     * @param every how often
     * @param task must not wait
     */
    ConsoleRun(InnerChannel channel, Duration every, Runnable task) {
        this.channel = channel;
        CustomizableThreadFactory factory = new CustomizableThreadFactory("rpc-console-clock-");
        factory.setDaemon(true);
        this.clock = Executors.newSingleThreadScheduledExecutor(factory);
        var unused = this.clock.scheduleAtFixedRate(() -> run(task), every.toNanos(), every.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** A clock that throws stands still for ever. */
    private static void run(Runnable task) {
        try {
            task.run();
        }
        catch (RuntimeException ex) {
            logger.warn("The console could not show the present figures", ex);
        }
    }

    InnerChannel channel() {
        return this.channel;
    }

    @Override
    public void close() {
        this.clock.shutdownNow();
        this.channel.close();
    }

}
