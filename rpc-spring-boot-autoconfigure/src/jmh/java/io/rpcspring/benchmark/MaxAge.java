package io.rpcspring.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * When clients hear of a new server that only hear of it when a connection ends, because
 * DNS or a balancer of connections stands before the servers.
 */
final class MaxAge {

    /** Many clients, for a line without noise. */
    private static final int CLIENTS = 100_000;

    private final double[] heard = new double[CLIENTS];

    /**
     * Runs it.
     * @param minutes what {@code connection.max-age} is
     * @param connections how many a client has, each to another server
     * @param seed makes it repeatable
     */
    MaxAge(double minutes, int connections, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int client = 0; client < CLIENTS; client++) {
            double first = Double.MAX_VALUE;
            for (int i = 0; i < connections; i++) {
                // gRPC varies each age by a tenth; this one has begun at some time.
                double age = minutes * random.nextDouble(0.9, 1.1);
                first = Math.min(first, age * random.nextDouble());
            }
            this.heard[client] = first;
        }
        Arrays.sort(this.heard);
    }

    /** Minutes until a part of the clients has heard. */
    double until(double part) {
        return this.heard[(int) (part * CLIENTS) - 1];
    }

    /** Percent of the clients that have heard, for each half minute. */
    List<double[]> line(int minutes) {
        double[][] points = new double[minutes * 2 + 1][];
        for (int i = 0; i < points.length; i++) {
            double time = i / 2.0;
            int position = Arrays.binarySearch(this.heard, time);
            points[i] = new double[] { time, 100.0 * ((position < 0) ? -position - 1 : position) / CLIENTS };
        }
        return Arrays.asList(points);
    }

}
