package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import io.grpc.CompressorRegistry;
import io.grpc.Status;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.CallSettings;

/**
 * Refuses settings of calls that cannot work, in the words of the property that has them.
 *
 * @param limits refuses values out of range
 */
record CallChecks(PropertyLimits limits) {

    private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

    static void name(String method, String place) {
        if (!METHOD.matcher(method).matches()) {
            throw new RpcConfigurationException(place + ".methods has '" + method + "', which is no method's name.",
                    "Write \"[package.Service/Method]\", or \"[package.Service]\" for all its methods.");
        }
    }

    void check(CallSettings calls) {
        this.limits.range("deadline", calls.deadline(), Duration.ZERO);
        this.limits.range("stream-deadline", calls.streamDeadline(), Duration.ZERO);
        if (calls.compression() != null
                && CompressorRegistry.getDefaultInstance().lookupCompressor(calls.compression()) == null) {
            throw this.limits.wrong("compression", calls.compression(), "is no codec that is known",
                    "gzip or identity");
        }
        CallSettings.Retry retry = calls.retry();
        if (retry != null) {
            this.limits.range("retry.max-attempts", retry.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
            this.limits.range("retry.initial-backoff", retry.initialBackoff(), Duration.ofNanos(1));
            this.limits.range("retry.max-backoff", retry.maxBackoff(), Duration.ofNanos(1));
            this.limits.range("retry.multiplier", retry.multiplier(), 1000);
            codes("retry.codes", retry.codes(), false);
        }
        CallSettings.Hedging hedging = calls.hedging();
        if (hedging != null) {
            this.limits.range("hedging.max-attempts", hedging.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
            this.limits.range("hedging.delay", hedging.delay(), Duration.ZERO);
            codes("hedging.non-fatal-codes", hedging.nonFatalCodes(), true);
        }
    }

    private void codes(String key, List<Status.Code> codes, boolean mayBeEmpty) {
        if (codes.contains(Status.Code.OK) || (codes.isEmpty() && !mayBeEmpty)) {
            throw this.limits.wrong(key, codes.toString(), "names no failure", "codes such as UNAVAILABLE");
        }
    }

}
