package io.rpcspring.autoconfigure;

import java.time.Duration;

import io.rpcspring.client.OutlierDetection;

/**
 * Refuses ways to find servers that fail more than others which cannot work.
 *
 * @param limits refuses values out of range
 */
record OutlierChecks(PropertyLimits limits) {

    void check(OutlierDetection detection) {
        String place = "outlier-detection.";
        this.limits.range(place + "interval", detection.interval(), Duration.ofMillis(100));
        this.limits.range(place + "base-ejection-time", detection.baseEjectionTime(), Duration.ofMillis(1));
        this.limits.range(place + "max-ejection-time", detection.maxEjectionTime(), detection.baseEjectionTime());
        percent(place + "max-ejection-percent", detection.maxEjectionPercent());
        OutlierDetection.FailurePercentageEjection failures = detection.failurePercentageEjection();
        String failure = place + "failure-percentage-ejection.";
        percent(failure + "threshold", failures.threshold());
        ejection(failure, failures.enforcementPercentage(), failures.minimumHosts(), failures.requestVolume());
        OutlierDetection.SuccessRateEjection successes = detection.successRateEjection();
        if (successes != null) {
            String success = place + "success-rate-ejection.";
            this.limits.range(success + "stdev-factor", successes.stdevFactor(), 0, 1_000_000);
            ejection(success, successes.enforcementPercentage(), successes.minimumHosts(), successes.requestVolume());
        }
    }

    private void ejection(String place, int enforcement, int hosts, int volume) {
        percent(place + "enforcement-percentage", enforcement);
        this.limits.range(place + "minimum-hosts", hosts, 1, 10_000);
        this.limits.range(place + "request-volume", volume, 1, 1_000_000);
    }

    private void percent(String key, int value) {
        this.limits.range(key, value, 0, 100);
    }

}
