package io.rpcspring.server.health;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Asks again and again whether services are well, on a thread of its own.
 */
public final class HealthPoll {

    private static final Duration SOON = Duration.ofMillis(100);

    private static final int SOON_TIMES = 3;

    private final HealthService health;

    private final HealthIndicators indicators;

    private final Duration interval;

    private final Semaphore news = new Semaphore(0);

    /** Guarded by this. */
    private @Nullable Poll poll;

    /**
     * Creates a poll that does not run yet.
     * @param health told the answers
     * @param indicators by the name of a service; that of {@link HealthService#OVERALL}
     * speaks for those that have none
     * @param interval how long to wait before asking again
     */
    public HealthPoll(HealthService health, Map<String, BooleanSupplier> indicators, Duration interval) {
        this.health = health;
        this.indicators = new HealthIndicators(indicators);
        this.interval = interval;
    }

    /**
     * Asks for the first time now. Until the answers are there, no service serves.
     * @param services the full names of the services
     */
    public synchronized void start(Set<String> services) {
        stop();
        this.health.start(services, this.indicators.isEmpty());
        if (this.indicators.isEmpty()) {
            return;
        }
        Poll poll = new Poll(services);
        this.poll = poll;
        poll.start();
    }

    /** Asks now: something has happened that the answers may depend on. */
    public void askNow() {
        this.news.release();
    }

    /** Asks no more. */
    public synchronized void stop() {
        if (this.poll != null) {
            this.poll.end();
            this.poll = null;
        }
    }

    /**
     * Asks until it is told to end, also if an indicator swallows the interrupt.
     */
    private final class Poll extends Thread {

        private final Set<String> services;

        private volatile boolean over;

        Poll(Set<String> services) {
            super("rpc-health");
            setDaemon(true);
            this.services = services;
        }

        void end() {
            this.over = true;
            interrupt();
        }

        @Override
        public void run() {
            try {
                int soon = 0;
                while (!this.over) {
                    ask();
                    Duration interval = HealthPoll.this.interval;
                    Duration pause = (soon-- > 0 && interval.compareTo(SOON) > 0) ? SOON : interval;
                    if (HealthPoll.this.news.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                        // Indicators may hear of the same news a little later.
                        soon = SOON_TIMES;
                    }
                }
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

        private void ask() {
            HealthIndicators indicators = HealthPoll.this.indicators;
            boolean well = indicators.isServerWell();
            tell(HealthService.OVERALL, well);
            for (String service : this.services) {
                tell(service, indicators.isWell(service, well));
            }
        }

        private void tell(String service, boolean is) {
            if (!this.over) {
                HealthPoll.this.health.well(service, is);
            }
        }

    }

}
