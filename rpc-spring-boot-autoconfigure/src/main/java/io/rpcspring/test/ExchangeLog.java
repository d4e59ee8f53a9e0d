package io.rpcspring.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Keeps the newest exchanges of one side, as they go on.
 */
final class ExchangeLog {

    private static final int MOST = 1000;

    /** The oldest first. Guarded by this, as all that is in it. */
    private final Deque<RecordedExchange> exchanges = new ArrayDeque<>();

    synchronized void add(RecordedExchange exchange) {
        if (this.exchanges.size() == MOST) {
            this.exchanges.removeFirst();
        }
        this.exchanges.addLast(exchange);
        notifyAll();
    }

    /** Changes what is in it. */
    synchronized void update(Runnable change) {
        change.run();
        notifyAll();
    }

    /** The oldest first. */
    synchronized List<RpcExchange> exchanges() {
        return this.exchanges.stream().map(RecordedExchange::snapshot).toList();
    }

    synchronized void clear() {
        this.exchanges.clear();
    }

    /**
     * Waits until what is kept is as it should be.
     * @return the exchanges then, or when the time is up
     */
    synchronized List<RpcExchange> await(Predicate<List<RpcExchange>> wanted, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        List<RpcExchange> found = exchanges();
        long left = atMost.toNanos();
        try {
            while (!wanted.test(found) && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                found = exchanges();
                left = end - System.nanoTime();
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

}
