package io.rpcspring.server.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static io.rpcspring.server.pool.CallState.ABSENT;
import static io.rpcspring.server.pool.CallState.ADMITTED;
import static io.rpcspring.server.pool.CallState.AWAY;
import static io.rpcspring.server.pool.CallState.DISMISSED;
import static io.rpcspring.server.pool.CallState.ENDED;
import static io.rpcspring.server.pool.CallState.LATE;
import static io.rpcspring.server.pool.CallState.QUEUED;
import static io.rpcspring.server.pool.CallState.RUNNING;
import static io.rpcspring.server.pool.CallState.RUNNING_MORE;
import static io.rpcspring.server.pool.CallState.SERVED;
import static io.rpcspring.server.pool.CallState.SERVING;
import static io.rpcspring.server.pool.CallState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each move of a call, and that there is no other.
 */
class CallStateTests {

    static Stream<Arguments> moves() {
        return Stream.of(
                move("events come", CallState::whenEventsCome,
                        Map.of(ADMITTED, WAITING, ABSENT, QUEUED, AWAY, QUEUED, RUNNING, RUNNING_MORE)),
                move("a thread takes it", CallState::whenTaken,
                        Map.of(WAITING, RUNNING, QUEUED, RUNNING, LATE, RUNNING)),
                move("too late", CallState::whenTooLate,
                        Map.of(ADMITTED, DISMISSED, WAITING, DISMISSED, ABSENT, AWAY, QUEUED, LATE)),
                move("handler handed over", CallState::whenHandedOver, Map.of(RUNNING, SERVING)),
                move("handler handed over on another thread", CallState::whenHandedOverElsewhere,
                        Map.of(RUNNING, SERVED, RUNNING_MORE, SERVED, ABSENT, SERVED, AWAY, SERVED, QUEUED, SERVED)),
                move("leaves, request awaited", (from) -> from.whenLeft(false, true, true),
                        Map.of(RUNNING_MORE, RUNNING, RUNNING, ABSENT, SERVING, SERVED)),
                move("leaves, quiet", (from) -> from.whenLeft(false, false, true),
                        Map.of(RUNNING_MORE, RUNNING, RUNNING, SERVED, SERVING, SERVED)),
                move("leaves, application listens", (from) -> from.whenLeft(false, false, false),
                        Map.of(RUNNING_MORE, RUNNING, RUNNING, AWAY, SERVING, AWAY)),
                move("leaves, its end was told", (from) -> from.whenLeft(true, true, true),
                        Map.of(RUNNING_MORE, RUNNING, RUNNING, ENDED, SERVING, ENDED)));
    }

    private static Arguments move(String event, UnaryOperator<CallState> rule, Map<CallState, CallState> moves) {
        return Arguments.of(event, rule, moves);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("moves")
    void eventMovesTheseStatesAndNoOthers(String event, UnaryOperator<CallState> rule,
            Map<CallState, CallState> moves) {
        Map<CallState, CallState> found = new EnumMap<>(CallState.class);
        for (CallState from : CallState.values()) {
            if (rule.apply(from) != from) {
                found.put(from, rule.apply(from));
            }
        }
        assertThat(found).as(event).isEqualTo(moves);
    }

    @Test
    void callsHaveNoPlaceOnceTheyAreOverOrAway() {
        assertThat(Stream.of(CallState.values()).filter((state) -> !state.hasPlace())).containsExactly(AWAY, LATE,
                SERVED, DISMISSED, ENDED);
        assertThat(Stream.of(CallState.values()).filter(CallState::isInQueue)).containsExactly(WAITING, QUEUED, LATE);
    }

}
