package io.rpcspring.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Lets 1,000 clients and 100 servers meet in virtual time: docs/scaling.md.
 */
final class Scaling {

    static final int CLIENTS = 1000;

    static final int SERVERS = 100;

    static final int SUBSET = 10;

    private static final int SEED = 1;

    private static final int REPEATS = 100;

    private static final double[] MAX_AGES_MINUTES = { 5, 30, 60 };

    void run() throws IOException, ReflectiveOperationException {
        List<Panel> panels = new ArrayList<>();
        panels.add(subsets());
        panels.add(new RollingRestart(SEED).run());
        panels.add(new Storm(SEED).run());
        panels.add(maxAges());
        String svg = Panel.svg(panels);
        Files.writeString(Path.of("target", "scaling.svg"), svg);
        say("target/scaling.svg: %d bytes", svg.length());
    }

    /** How many connections each server has. */
    private static Panel subsets() throws ReflectiveOperationException {
        List<Integer> servers = IntStream.range(0, SERVERS).boxed().toList();
        int[] shown = {};
        int within = 0;
        int allWithin = 0;
        int fewest = Integer.MAX_VALUE;
        int most = 0;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            int[] counts = new int[SERVERS];
            Subsets subsets = new Subsets(CLIENTS, SUBSET, SEED + repeat * CLIENTS);
            for (int client = 0; client < CLIENTS; client++) {
                subsets.of(client, servers).forEach((server) -> counts[server]++);
            }
            int good = (int) IntStream.of(counts).filter((count) -> count >= 75 && count <= 125).count();
            within += good;
            allWithin += (good == SERVERS) ? 1 : 0;
            fewest = Math.min(fewest, IntStream.of(counts).min().orElseThrow());
            most = Math.max(most, IntStream.of(counts).max().orElseThrow());
            shown = (repeat == 0) ? IntStream.of(counts).sorted().toArray() : shown;
        }
        say("subsetting: first run from %d to %d connections a server; %d runs: %.2f %% of the servers within 25 %%,"
                + " all of them in %d runs, from %d to %d", shown[0], shown[SERVERS - 1], REPEATS,
                100.0 * within / REPEATS / SERVERS, allWithin, fewest, most);
        double[][] line = new double[SERVERS][];
        for (int i = 0; i < SERVERS; i++) {
            line[i] = new double[] { i + 1, shown[i] };
        }
        return new Panel("Connections of each server, in order; subsets of 10", "server", SERVERS, 200,
                List.of(new Panel.Line("1,000 clients", Arrays.asList(line)),
                        new Panel.Line("± 25 %", List.of(new double[] { 1, 75 }, new double[] { SERVERS, 75 })),
                        new Panel.Line("", List.of(new double[] { 1, 125 }, new double[] { SERVERS, 125 }))));
    }

    /** How long a new server waits for its share. */
    private static Panel maxAges() {
        List<Panel.Line> lines = new ArrayList<>();
        for (double minutes : MAX_AGES_MINUTES) {
            for (int connections : new int[] { 1, 3, SUBSET }) {
                MaxAge found = new MaxAge(minutes, connections, SEED);
                say("max-age %.0f min, %d connections a client: half of its share after %.1f min, 90 %% after %.1f min,"
                        + " all after %.1f min; %.1f reconnects a second", minutes, connections, found.until(0.5),
                        found.until(0.9), found.until(0.995), CLIENTS * connections / minutes / 60);
                if (connections == 1) {
                    lines.add(new Panel.Line(String.format(Locale.ROOT, "max-age %.0f min", minutes), found.line(80)));
                }
            }
        }
        return new Panel("A new server's share, in percent; one connection a client", "minutes", 80, 100, lines);
    }

    static void say(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }

}
