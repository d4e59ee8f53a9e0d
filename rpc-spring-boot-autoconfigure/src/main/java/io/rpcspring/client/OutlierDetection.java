package io.rpcspring.client;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Servers whose calls fail much more often than others' get none for a while.
 *
 * @param enabled Whether to take failing servers out for a while.
 * @param interval How often the servers' results are looked at.
 * @param baseEjectionTime How long a server is left out; as many times as long as it was
 * left out before.
 * @param maxEjectionTime How long a server is left out at most.
 * @param maxEjectionPercent No server is taken out while so many percent are. One always
 * can be.
 * @param successRateEjection Takes out servers whose rate of successes is far below the
 * others'. Not used unless one of its settings is set.
 * @param failurePercentageEjection Takes out servers of whose calls too many fail.
 */
public record OutlierDetection(@DefaultValue("false") boolean enabled, @DefaultValue("10s") Duration interval,
        @DefaultValue("30s") Duration baseEjectionTime, @DefaultValue("5m") Duration maxEjectionTime,
        @DefaultValue("10") int maxEjectionPercent, @Nullable SuccessRateEjection successRateEjection,
        @DefaultValue FailurePercentageEjection failurePercentageEjection) {

    /**
     * Takes out servers whose rate of successes is far below the others'.
     *
     * @param stdevFactor How many thousandths of the standard deviation below the mean is
     * too far.
     * @param enforcementPercentage With which chance such a server is taken out. 0 takes
     * out none.
     * @param minimumHosts How many servers must have had enough calls.
     * @param requestVolume How many calls within the interval are enough.
     */
    public record SuccessRateEjection(@DefaultValue("1900") int stdevFactor,
            @DefaultValue("100") int enforcementPercentage, @DefaultValue("5") int minimumHosts,
            @DefaultValue("100") int requestVolume) {

    }

    /**
     * Takes out servers of whose calls too many fail.
     *
     * @param threshold More than so many percent of its calls must fail.
     * @param enforcementPercentage With which chance such a server is taken out. 0 takes
     * out none.
     * @param minimumHosts How many servers must have had enough calls.
     * @param requestVolume How many calls within the interval are enough.
     */
    public record FailurePercentageEjection(@DefaultValue("85") int threshold,
            @DefaultValue("100") int enforcementPercentage, @DefaultValue("2") int minimumHosts,
            @DefaultValue("10") int requestVolume) {

    }

}
