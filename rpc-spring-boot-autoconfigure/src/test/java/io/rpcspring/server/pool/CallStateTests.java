package io.rpcspring.server.pool;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each move of a call, and that there is no other.
 */
class CallStateTests {

    private static final Map<String, UnaryOperator<CallState>> EVENTS = Map.ofEntries(
            Map.entry("events come", (from) -> from.whenEventsCome(false, false)),
            Map.entry("events come, ended", (from) -> from.whenEventsCome(true, false)),
            Map.entry("events come, ended, quiet", (from) -> from.whenEventsCome(true, true)),
            Map.entry("a thread takes it", CallState::whenTaken), Map.entry("too late", CallState::whenTooLate),
            Map.entry("handed over", CallState::whenHandedOver),
            Map.entry("handed over elsewhere", CallState::whenHandedOverElsewhere),
            Map.entry("leaves, request awaited", (from) -> from.whenLeft(false, true, true)),
            Map.entry("leaves, quiet", (from) -> from.whenLeft(false, false, true)),
            Map.entry("leaves, application listens", (from) -> from.whenLeft(false, false, false)),
            Map.entry("leaves, end told", (from) -> from.whenLeft(true, true, true)));

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    events come | {ABSENT=QUEUED, ADMITTED=WAITING, AWAY=QUEUED, RUNNING=RUNNING_MORE}
                    events come, ended | {ABSENT=LATE, ADMITTED=WAITING, AWAY=LATE, RUNNING=RUNNING_MORE, SERVED=LATE, SERVING=RUNNING_MORE}
                    events come, ended, quiet | {ABSENT=LATE, ADMITTED=WAITING, AWAY=LATE, RUNNING=RUNNING_MORE}
                    a thread takes it | {LATE=RUNNING, QUEUED=RUNNING, WAITING=RUNNING}
                    too late | {ABSENT=AWAY, ADMITTED=DISMISSED, QUEUED=LATE, WAITING=DISMISSED}
                    handed over | {RUNNING=SERVING}
                    handed over elsewhere | {ABSENT=SERVED, AWAY=SERVED, QUEUED=SERVED, RUNNING=SERVED, RUNNING_MORE=SERVED}
                    leaves, request awaited | {RUNNING=ABSENT, RUNNING_MORE=RUNNING, SERVING=SERVED}
                    leaves, quiet | {RUNNING=SERVED, RUNNING_MORE=RUNNING, SERVING=SERVED}
                    leaves, application listens | {RUNNING=AWAY, RUNNING_MORE=RUNNING, SERVING=AWAY}
                    leaves, end told | {RUNNING=ENDED, RUNNING_MORE=RUNNING, SERVING=ENDED}
                    """)
    void eventMovesTheseStatesAndNoOthers(String event, String moves) {
        UnaryOperator<CallState> rule = EVENTS.getOrDefault(event, UnaryOperator.identity());
        Map<String, CallState> found = new TreeMap<>();
        for (CallState from : CallState.values()) {
            if (rule.apply(from) != from) {
                found.put(from.name(), rule.apply(from));
            }
        }
        assertThat(found).hasToString(moves);
    }

    @Test
    void callsHaveNoPlaceOnceTheyAreOverOrAway() {
        assertThat(Stream.of(CallState.values()).filter((state) -> !state.hasPlace())).containsExactly(CallState.AWAY,
                CallState.LATE, CallState.SERVED, CallState.DISMISSED, CallState.ENDED);
        assertThat(Stream.of(CallState.values()).filter(CallState::isInQueue)).containsExactly(CallState.WAITING,
                CallState.QUEUED, CallState.LATE);
    }

}
