package io.rpcspring.server.error;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Warnings that each call could give.
 */
class OncePerMinuteTests {

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);

    private final OncePerMinute warnings = new OncePerMinute(this.time::get);

    @Test
    void eachMethodHasOneAMinute() {
        assertThat(this.warnings.isDue("a/A")).isTrue();
        assertThat(this.warnings.isDue("a/A")).isFalse();
        assertThat(this.warnings.isDue("a/B")).isTrue();
        this.time.addAndGet(TimeUnit.MINUTES.toNanos(1) - 1);
        assertThat(this.warnings.isDue("a/A")).isFalse();
        this.time.incrementAndGet();
        assertThat(this.warnings.isDue("a/A")).isTrue();
        assertThat(this.warnings.isDue("a/A")).isFalse();
    }

    @Test
    void methodsWithoutEndShareOne() {
        int due = 0;
        for (int i = 0; i < 3000; i++) {
            due += this.warnings.isDue("a/" + i) ? 1 : 0;
        }
        assertThat(due).isEqualTo(1001);
        assertThat(this.warnings.isDue("a/0")).isFalse();
    }

}
