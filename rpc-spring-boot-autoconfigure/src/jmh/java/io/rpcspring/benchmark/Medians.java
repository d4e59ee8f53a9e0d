package io.rpcspring.benchmark;

import java.util.Collection;

/**
 * Takes the middle of several rounds, so that a disturbed one does not count.
 */
final class Medians {

    private Medians() {
    }

    static double of(Collection<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
    }

}
