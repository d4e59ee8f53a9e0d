package io.rpcspring.benchmark;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How long and how much to measure.
 *
 * @param rounds how often each scenario runs on each server
 * @param roundMillis how long a round is measured
 * @param warmUpSeconds how long each server runs before the first round
 * @param scenarios which scenarios to run, as a regular expression
 * @param variants which servers to compare, as a regular expression
 * @param seconds how long a benchmark without rounds measures
 * @param jvmOptions options of the servers' JVMs
 * @param python runs Python's official client
 */
record Options(int rounds, int roundMillis, int warmUpSeconds, String scenarios, String variants, int seconds,
        List<String> jvmOptions, String python) {

    private static final int RAMP_MILLIS = 250;

    /**
     * Reads options such as {@code rounds=3}.
     * @param arguments those that differ from what they are by themselves
     */
    static Options of(List<String> arguments) {
        Map<String, String> given = arguments.stream()
            .map((argument) -> argument.split("=", 2))
            .collect(Collectors.toMap((pair) -> pair[0], (pair) -> pair[1]));
        return new Options(number(given, "rounds", 7), number(given, "round-millis", 1000),
                number(given, "warm-up", 15), given.getOrDefault("scenarios", ".*"),
                given.getOrDefault("variants", ".*"), number(given, "seconds", 60),
                List.of(given.getOrDefault("jvm-options", "-Xmx512m").split(" ", -1)),
                given.getOrDefault("python", "python3"));
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        return Integer.parseInt(given.getOrDefault(name, String.valueOf(otherwise)));
    }

    int rampMillis() {
        return Math.min(RAMP_MILLIS, this.roundMillis);
    }

}
