package io.rpcspring.server.error;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a warning that each call could give to one a minute and method.
 */
final class OncePerMinute {

    /** A server that passes calls on may have methods without end. */
    private static final int MOST = 1000;

    private static final String OTHERS = "";

    private final LongSupplier nanoTime;

    /** When each method was last warned of. */
    private final Map<String, Long> warned = new ConcurrentHashMap<>();

    OncePerMinute(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether it is time for a warning; if so, the next minute begins. */
    boolean isDue(String method) {
        String key = (this.warned.size() < MOST || this.warned.containsKey(method)) ? method : OTHERS;
        long now = this.nanoTime.getAsLong();
        Long last = this.warned.get(key);
        if (last == null) {
            return this.warned.putIfAbsent(key, now) == null;
        }
        return now - last >= TimeUnit.MINUTES.toNanos(1) && this.warned.replace(key, last, now);
    }

}
