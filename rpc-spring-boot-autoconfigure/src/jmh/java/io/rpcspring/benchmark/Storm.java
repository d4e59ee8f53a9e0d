package io.rpcspring.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Takes all servers away for a minute, and counts who comes back when.
 */
final class Storm {

    private static final double OUTAGE = 60;

    private final SplittableRandom random;

    private int attempts;

    Storm(long seed) {
        this.random = new SplittableRandom(seed);
    }

    Panel run() {
        List<Panel.Line> lines = new ArrayList<>();
        lines.add(line("reconnect.max-backoff 1500ms", IntStream.range(0, Scaling.CLIENTS)
            .boxed()
            .flatMapToDouble((client) -> Arrays.stream(asOurs()))
            .toArray()));
        lines.add(line("grpc-java alone", IntStream.range(0, Scaling.CLIENTS * Scaling.SUBSET)
            .mapToDouble((connection) -> asGrpcJava())
            .toArray()));
        return new Panel("Connections back after an outage of a minute, in percent", "seconds", 60, 100, lines);
    }

    /** A channel tries all its servers again when its time is over. */
    private double[] asOurs() {
        double time = 0;
        while (time < OUTAGE) {
            this.attempts += Scaling.SUBSET;
            time += this.random.nextDouble(0.75, 1.5);
        }
        double[] back = new double[Scaling.SUBSET];
        Arrays.fill(back, time - OUTAGE);
        return back;
    }

    /** Each connection waits longer each time: a second, and 1.6 times that. */
    private double asGrpcJava() {
        double time = 0;
        double wait = 1;
        while (time < OUTAGE) {
            this.attempts++;
            time += wait * this.random.nextDouble(0.8, 1.2);
            wait = Math.min(120, wait * 1.6);
        }
        return time - OUTAGE;
    }

    private Panel.Line line(String name, double[] back) {
        Arrays.sort(back);
        int busiest = 0;
        for (int from = 0, to = 0; from < back.length; from++) {
            while (to < back.length && back[to] < back[from] + 0.1) {
                to++;
            }
            busiest = Math.max(busiest, to - from);
        }
        Scaling.say("storm, %s: half back after %.1f s, 99 %% after %.1f s, all after %.1f s;"
                + " %.0f attempts a second and server during the outage, %.1f connections a server in the busiest 100 ms",
                name, back[back.length / 2], back[(int) (back.length * 0.99)], back[back.length - 1],
                this.attempts / OUTAGE / Scaling.SERVERS, (double) busiest / Scaling.SERVERS);
        this.attempts = 0;
        double[][] points = new double[121][];
        for (int i = 0; i < points.length; i++) {
            double time = i / 2.0;
            points[i] = new double[] { time,
                    100.0 * Arrays.stream(back).filter((moment) -> moment <= time).count() / back.length };
        }
        return new Panel.Line(name, Arrays.asList(points));
    }

}
