package io.rpcspring.console;

import java.time.Duration;

/**
 * How tabs show that their browsers are there.
 *
 * @param tick how often tabs are looked after, and shown the board
 * @param hello how long a page may take to say who it is
 * @param ping how often a browser is asked whether it is there
 * @param gone after how much silence nobody is there
 */
public record Heartbeat(Duration tick, Duration hello, Duration ping, Duration gone) {

    /** A tab that is gone is noticed within a minute. */
    public static final Heartbeat USUAL = new Heartbeat(Duration.ofSeconds(1), Duration.ofSeconds(10),
            Duration.ofSeconds(20), Duration.ofSeconds(50));

}
