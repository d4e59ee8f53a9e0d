package io.rpcspring.server;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.server.call.LiveCalls;
import io.rpcspring.server.transport.OpenDoors;

/**
 * How the server says goodbye: first to those who may come, then to those who are here.
 * <p>
 * It takes no longer than the calls do: a connection that has none, or only watches the
 * health, is not waited for.
 */
final class Drain {

    private static final Log logger = LogFactory.getLog(Drain.class);

    /** How long those who were cut off have to hear of it. */
    private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

    /** How long a connection without calls has to answer that the server goes. */
    private static final Duration GOODBYE = Duration.ofMillis(500);

    /** How often a stopping server looks whether calls are left. */
    private static final Duration TICK = Duration.ofMillis(10);

    private static final String GOES = "The server shuts down";

    private final OpenDoors doors;

    private final LiveCalls calls;

    private final ShutdownSettings settings;

    private volatile ServerReport.State state = ServerReport.State.RUNNING;

    private final Patience patience = new Patience();

    Drain(OpenDoors doors, LiveCalls calls, ShutdownSettings settings) {
        this.doors = doors;
        this.calls = calls;
        this.settings = settings;
    }

    ServerReport.State state() {
        return this.state;
    }

    /** Ends every wait at once. */
    void hurry() {
        this.patience.end();
    }

    /** Takes calls as before, so that load balancers can notice and choose another. */
    void letOthersNotice() {
        Duration delay = this.settings.delay();
        this.state = ServerReport.State.LEAVING;
        if (!delay.isZero()) {
            logger.info("gRPC server still takes calls for " + text(delay) + "; " + inFlight());
            if (!this.patience.lasts(delay)) {
                logger.info("gRPC server was told to hurry");
            }
        }
    }

    /** Takes no more calls and waits for those in flight; who does not end is cut off. */
    void sayGoodbye() {
        this.state = ServerReport.State.DRAINING;
        logger.info("gRPC server takes no more calls; " + inFlight() + " may take " + text(this.settings.grace()));
        this.calls.endOwn(unavailable(GOES));
        this.doors.shutdown();
        if (!letCallsFinish()) {
            cut();
            this.doors.shutdownNow();
            this.doors.ended(LAST_MOMENT);
        }
    }

    /**
     * Waits for the calls, and for clients that say goodbye; a connection that is silent
     * and has no call is not worth the grace period.
     * @return whether the last connection has ended by itself
     */
    private boolean letCallsFinish() {
        long start = System.nanoTime();
        while (!this.doors.ended(TICK)) {
            this.calls.endOwn(unavailable(GOES));
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            boolean idle = this.calls.count() == 0 && waited.compareTo(GOODBYE) > 0;
            if (idle || waited.compareTo(this.settings.grace()) >= 0 || this.patience.hasEnded()) {
                return false;
            }
        }
        return true;
    }

    private void cut() {
        if (this.calls.count() == 0) {
            return;
        }
        String grace = text(this.settings.grace());
        Map<String, Long> methods = this.calls
            .cut(unavailable(GOES + ": the call did not end within the grace period of " + grace));
        logger.warn("gRPC server cuts off calls that did not end within " + grace + ": "
                + methods.entrySet()
                    .stream()
                    .map((method) -> method.getValue() + " of " + method.getKey())
                    .collect(Collectors.joining(", ")));
        long end = System.nanoTime() + LAST_MOMENT.toNanos();
        while (this.calls.count() > 0 && System.nanoTime() < end) {
            this.doors.ended(TICK);
        }
    }

    private static Status unavailable(String why) {
        return Status.UNAVAILABLE.withDescription(why);
    }

    private String inFlight() {
        int count = this.calls.count();
        return count + ((count == 1) ? " call" : " calls") + " in flight";
    }

    private static String text(Duration duration) {
        return (duration.toMillisPart() == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

}
