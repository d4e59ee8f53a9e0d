package io.rpcspring.actuate;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.CallReport;

/**
 * What {@code /actuator/rpc/calls} answers.
 *
 * @param count how many calls are in flight
 * @param calls the oldest of them, {@value #MOST} at most
 */
public record LiveReport(int count, List<Call> calls) {

    private static final int MOST = 1000;

    static LiveReport of(List<CallReport> calls) {
        return new LiveReport(calls.size(), calls.stream().limit(MOST).map(Call::of).toList());
    }

    /**
     * A call in flight.
     *
     * @param method the full name of its method
     * @param age how long ago its headers came
     * @param stage {@code waiting}, {@code running} or {@code drained}
     * @param pool what runs it; null if that is the transport's own thread
     * @param peer the address of its client
     * @param thread what works on it now; null while nothing does
     */
    public record Call(String method, Duration age, String stage, @Nullable String pool, @Nullable String peer,
            @Nullable String thread) {

        private static Call of(CallReport call) {
            return new Call(call.method(), call.age(), call.stage().toString(), call.pool(), call.peer(),
                    call.thread());
        }

    }

}
