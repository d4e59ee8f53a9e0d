package io.rpcspring.server.error;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a client can provoke from filling the log: a few lines within ten seconds.
 * <p>
 * Then one line says how many were left out. Those are written at DEBUG. Safe for use by
 * many threads at once.
 */
public final class FewLines {

    private static final int LINES = 10;

    private static final int SECONDS = 10;

    private static final Executor LATER = CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS, Runnable::run);

    /** How many came since the count began anew. */
    private final AtomicInteger count = new AtomicInteger();

    private final Log logger;

    private final String what;

    private final int lines;

    private final Executor later;

    /**
     * Begins to count with the first line.
     * @param logger where they go
     * @param what begins the line that counts those that were left out
     */
    public FewLines(Log logger, String what) {
        this(logger, what, LINES);
    }

    /**
     * Begins to count with the first line.
     * @param logger where they go
     * @param what begins the line that counts those that were left out
     * @param lines how many there may be within ten seconds, instead of ten
     */
    public FewLines(Log logger, String what, int lines) {
        this(logger, what, lines, LATER);
    }

    FewLines(Log logger, String what, Executor later) {
        this(logger, what, LINES, later);
    }

    private FewLines(Log logger, String what, int lines, Executor later) {
        this.logger = logger;
        this.what = what;
        this.lines = lines;
        this.later = later;
    }

    /**
     * Writes a line at WARN, if there is room.
     * @param line the line
     */
    public void warn(String line) {
        if (hasRoom()) {
            this.logger.warn(line);
        }
        else {
            this.logger.debug(line);
        }
    }

    /**
     * Writes a line and a stack trace at ERROR, if there is room.
     * @param line the line
     * @param thrown what happened
     */
    public void error(String line, @Nullable Throwable thrown) {
        if (hasRoom()) {
            this.logger.error(line, thrown);
        }
        else {
            this.logger.debug(line, thrown);
        }
    }

    private boolean hasRoom() {
        int number = this.count.incrementAndGet();
        if (number == 1) {
            this.later.execute(this::startAnew);
        }
        return number <= this.lines;
    }

    private void startAnew() {
        int leftOut = this.count.getAndSet(0) - this.lines;
        if (leftOut > 0) {
            this.logger.warn(this.what + " " + leftOut + " more times within " + SECONDS + " s");
        }
    }

}
