package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.pool.PoolSettings;

/**
 * One handler pool's properties.
 *
 * @param type Whose threads run the calls: auto, platform, virtual, or direct.
 * @param size How many calls run at once.
 * @param queueCapacity How many calls may wait for a thread.
 * @param queueTimeout How long a call may wait for a thread.
 * @param concurrencyLimit How the number of calls that run at once is limited.
 * @param minSize The least that an adaptive limit lets run at once.
 */
record PoolProperties(@DefaultValue("auto") Type type, @Nullable Integer size, @DefaultValue("1000") int queueCapacity,
        @DefaultValue("10s") Duration queueTimeout, @DefaultValue("fixed") ConcurrencyLimit concurrencyLimit,
        @DefaultValue("1") int minSize) {

    private static final int PLATFORM_SIZE = 200;

    private static final int MOST = 1_000_000;

    /** The pools that exist without configuration. */
    static final PoolProperties BUILT_IN = new PoolProperties(Type.AUTO, null, 1000, Duration.ofSeconds(10),
            ConcurrencyLimit.FIXED, 1);

    /**
     * What the engine gets.
     * @param name the pool's name
     * @param machine what the JVM and the application have
     */
    PoolSettings settings(String name, Machine machine) {
        String place = "rpc.server.pools." + name;
        requireThat(name.matches("[A-Za-z0-9_-]+"), "rpc.server.pools has a pool called '" + name + "'",
                "which is no name for threads", "Use letters, digits, hyphens and underscores.");
        requireRange(place + ".size", (this.size != null) ? this.size : 1, 1);
        requireRange(place + ".queue-capacity", this.queueCapacity, 0);
        Bounds.atLeast(place + ".queue-timeout", this.queueTimeout, Duration.ofMillis(1), "10s");
        PoolSettings.Type engine = engine(place, machine);
        int most = (this.size != null) ? this.size
                : (engine == PoolSettings.Type.VIRTUAL) ? PoolSettings.UNBOUNDED : PLATFORM_SIZE;
        return new PoolSettings(name, engine, most, this.queueCapacity, this.queueTimeout,
                minSize(place, most, machine));
    }

    private PoolSettings.Type engine(String place, Machine machine) {
        requireThat(this.type != Type.VIRTUAL || machine.virtualThreads(), place + ".type is virtual",
                "but this JVM (Java " + Runtime.version().feature() + ") has no virtual threads",
                "Run on Java 21 or newer, or set " + place + ".type to platform or auto.");
        return switch (this.type) {
            case AUTO -> machine.prefersVirtual() ? PoolSettings.Type.VIRTUAL : PoolSettings.Type.PLATFORM;
            case PLATFORM -> PoolSettings.Type.PLATFORM;
            case VIRTUAL -> PoolSettings.Type.VIRTUAL;
            case DIRECT -> PoolSettings.Type.DIRECT;
        };
    }

    private int minSize(String place, int most, Machine machine) {
        if (this.concurrencyLimit == ConcurrencyLimit.FIXED) {
            return most;
        }
        requireThat(most != PoolSettings.UNBOUNDED && this.type != Type.DIRECT,
                place + ".concurrency-limit is adaptive", "but the pool has no size to stay below",
                "Set " + place + ".size to the most calls that may run at once, such as 200.");
        requireThat(machine.adaptiveLimits(), place + ".concurrency-limit is adaptive",
                "but Netflix concurrency-limits is not on the class path",
                "Add the dependency com.netflix.concurrency-limits:concurrency-limits-core.");
        requireThat(this.minSize >= 1 && this.minSize <= most, place + ".min-size is " + this.minSize,
                "which is not from 1 to the size, " + most, "Set it to the least calls that must always run at once.");
        return this.minSize;
    }

    private static void requireRange(String property, int value, int least) {
        requireThat(value >= least && value <= MOST, property + " is " + value,
                "which is not from " + least + " to " + MOST, "Set it to a number of calls in this range.");
    }

    private static void requireThat(boolean right, String what, String why, String action) {
        if (!right) {
            throw new RpcConfigurationException(what + ", " + why + ".", action);
        }
    }

    /** Whose threads run the calls of a pool. */
    enum Type {

        /** Virtual threads where the application has enabled them, else platform. */
        AUTO,

        /** Threads of the operating system. */
        PLATFORM,

        /** A virtual thread for each call. */
        VIRTUAL,

        /** The transport's own threads, for handlers that never block. */
        DIRECT

    }

    /** How the number of calls that run at once is limited. */
    enum ConcurrencyLimit {

        /** By the size. */
        FIXED,

        /** By the latency of the calls, between the minimal size and the size. */
        ADAPTIVE

    }

    /**
     * What the JVM and the application have.
     *
     * @param virtualThreads whether the JVM has virtual threads
     * @param prefersVirtual whether the application has enabled them
     * @param adaptiveLimits whether Netflix concurrency-limits is there
     */
    record Machine(boolean virtualThreads, boolean prefersVirtual, boolean adaptiveLimits) {
    }

}
