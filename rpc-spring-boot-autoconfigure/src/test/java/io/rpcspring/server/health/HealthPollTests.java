package io.rpcspring.server.health;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;

import io.rpcspring.server.error.OwnStatuses;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who asks for the health, and how long.
 */
class HealthPollTests {

    @Test
    void pollThatIsStoppedEndsAlsoIfItsIndicatorSwallowsInterrupts() throws InterruptedException {
        BlockingQueue<Thread> asked = new LinkedBlockingQueue<>();
        BooleanSupplier deaf = () -> {
            asked.add(Thread.currentThread());
            try {
                Thread.sleep(60_000);
            }
            catch (InterruptedException ex) {
                // As some drivers do.
            }
            return true;
        };
        HealthPoll poll = new HealthPoll(new HealthService(new OwnStatuses(true)), Map.of("", deaf),
                Duration.ofMillis(1));
        for (int i = 0; i < 3; i++) {
            poll.start(Set.of());
            Thread polling = asked.take();
            poll.stop();
            polling.join(10_000);
            assertThat(polling.isAlive()).isFalse();
        }
    }

}
