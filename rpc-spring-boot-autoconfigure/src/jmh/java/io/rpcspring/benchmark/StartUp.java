package io.rpcspring.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Payload;

/**
 * Measures the time from the start of a server's process to its first answer.
 */
record StartUp(Options options) {

    private static final List<String> NAMES = List.of(Variant.STARTER, Variant.SPRING_BOOT, Variant.BASELINE);

    void run() {
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        NAMES.forEach(StartUp::firstAnswer);
        for (int round = 0; round < this.options.rounds(); round++) {
            for (String name : NAMES) {
                millis.computeIfAbsent(name, (key) -> new ArrayList<>()).add(firstAnswer(name));
            }
        }
        System.out.println("\n| server | first answer after, to Spring Boot's starter | ms |\n|---|---|---|");
        double base = Medians.of(millis.getOrDefault(Variant.SPRING_BOOT, List.of()));
        millis.forEach((name, own) -> System.out.printf("| %s | %.2f | %.0f |%n", name, Medians.of(own) / base,
                Medians.of(own)));
    }

    private static double firstAnswer(String name) {
        long start = System.nanoTime();
        try (ServerProcess server = new ServerProcess(Variant.named(name), List.of())) {
            BenchGrpc.newBlockingStub(server.channel()).echo(Payload.getDefaultInstance());
            return (System.nanoTime() - start) / 1e6;
        }
    }

}
