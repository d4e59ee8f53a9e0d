package io.rpcspring.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios on several servers side by side, and prints how they compare.
 * <p>
 * All servers are up during the whole run. Each round runs each scenario on each server,
 * in an order that turns, and a ratio is the median of the ratios of the rounds: what
 * slows the machine for a while slows all of them.
 */
final class Comparison implements AutoCloseable {

    /** Calls at once that compile a server's code soon. */
    private static final int CROWD = 64;

    private final Options options;

    private final List<Scenario> scenarios;

    private final List<ServerProcess> servers = new ArrayList<>();

    private final Map<Scenario, Map<Variant, List<Sample>>> samples = new LinkedHashMap<>();

    Comparison(Options options, List<Scenario> scenarios, String variants) {
        this.options = options;
        this.scenarios = scenarios.stream().filter((scenario) -> scenario.name().matches(options.scenarios())).toList();
        for (Variant variant : Variant.matching(variants)) {
            if (variant.name().matches(options.variants())) {
                this.servers.add(new ServerProcess(variant, options.jvmOptions()));
            }
        }
    }

    void run() throws InterruptedException {
        warmUp();
        for (int round = 0; round < this.options.rounds(); round++) {
            for (Scenario scenario : this.scenarios) {
                for (ServerProcess server : this.servers) {
                    this.samples.computeIfAbsent(scenario, (key) -> new LinkedHashMap<>())
                        .computeIfAbsent(server.variant(), (key) -> new ArrayList<>())
                        .add(Sample.of(server, scenario, this.options));
                }
            }
            Collections.rotate(this.servers, 1);
        }
        this.samples.forEach(this::print);
    }

    /**
     * With many at once first: one at a time, a server's code would be compiled for as long
     * as it is measured.
     */
    private void warmUp() throws InterruptedException {
        long each = this.options.warmUpSeconds() * 500L / Math.max(1, this.scenarios.size());
        for (ServerProcess server : this.servers) {
            for (Scenario scenario : this.scenarios) {
                for (Scenario load : List.of(Scenario.of(scenario.kind(), CROWD), scenario)) {
                    try (Load running = new Load(server.channel(), load)) {
                        running.runFor(each);
                    }
                }
            }
        }
    }

    private void print(Scenario scenario, Map<Variant, List<Sample>> byVariant) {
        System.out.println("\n### " + scenario.name() + "\n");
        System.out.println("| server | rate | CPU | bytes | rate to same threads | CPU | bytes | threads | µs CPU | bytes |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        Variant.matching(".*").stream().filter(byVariant::containsKey).forEach((variant) -> {
            List<Sample> own = byVariant.getOrDefault(variant, List.of());
            System.out.printf("| %s | %s | %s | %d | %.1f | %.0f |%n", variant.name(),
                    ratios(own, byVariant.get(Variant.named(Variant.BASELINE))),
                    ratios(own, byVariant.get(Variant.named(variant.counterpart()))),
                    own.stream().mapToLong(Sample::threads).max().orElse(0), median(own, Sample::cpuMicros),
                    median(own, Sample::bytes));
        });
    }

    private static String ratios(List<Sample> own, @Nullable List<Sample> others) {
        if (others == null) {
            return "| | ";
        }
        return "%.2f | %.2f | %.2f".formatted(ratio(own, others, Sample::perSecond),
                ratio(own, others, Sample::cpuMicros), ratio(own, others, Sample::bytes));
    }

    private static double ratio(List<Sample> own, List<Sample> others, ToDoubleFunction<Sample> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < own.size(); round++) {
            ratios.add(figure.applyAsDouble(own.get(round)) / figure.applyAsDouble(others.get(round)));
        }
        return Medians.of(ratios);
    }

    private static double median(List<Sample> own, ToDoubleFunction<Sample> figure) {
        return Medians.of(own.stream().map(figure::applyAsDouble).toList());
    }

    @Override
    public void close() {
        this.servers.forEach(ServerProcess::close);
    }

}
