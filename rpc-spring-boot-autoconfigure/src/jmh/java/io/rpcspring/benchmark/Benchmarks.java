package io.rpcspring.benchmark;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The main class: runs the benchmark that the first argument names; the others are {@link Options}.
 */
final class Benchmarks {

    private Benchmarks() {
    }

    public static void main(String[] args) throws Exception {
        Options options = Options.of(List.of(args).subList(1, args.length));
        switch (args[0].toLowerCase(Locale.ROOT)) {
            case "streams" -> streams(options);
            case "calls" -> calls(options);
            case "validation" -> validation(options);
            case "security" -> security(options);
            case "slow-reader" -> new SlowReader(options).run();
            case "meters" -> meters(options);
            case "start-up" -> new StartUp(options).run();
            case "clients" -> new Clients(options).run();
            case "overload" -> new Overload(options).run();
            case "scaling" -> new Scaling().run();
            case "details" -> new OtherLanguages(options.python()).run();
            default -> System.out.println("Benchmarks: streams, slow-reader, calls, clients, meters, overload, start-up, "
                    + "validation, security, scaling, details");
        }
        System.exit(0);
    }

    private static void streams(Options options) throws InterruptedException {
        List<Scenario> scenarios = EnumSet.complementOf(EnumSet.of(Scenario.Kind.CHECKED))
            .stream()
            .flatMap((kind) -> Stream.of(1, 16, 32).map((parallel) -> Scenario.of(kind, parallel)))
            .toList();
        compare(options, scenarios, ".*(raw, (default|200|virtual)|starter, (as|virtual|Impl)).*");
    }

    private static void calls(Options options) throws InterruptedException {
        compare(options, Stream.of(1, 64, 512).map((parallel) -> Scenario.of(Scenario.Kind.UNARY, parallel)).toList(),
                "(?!.*(meters|Micrometer|validation|traces|tokens|security)).*");
        compare(options, List.of(new Scenario(Scenario.Kind.UNARY, 2_000, 50)), ".*(default|virtual).*");
    }

    private static void meters(Options options) throws IOException, InterruptedException {
        compare(options,
                List.of(Scenario.of(Scenario.Kind.UNARY, 1), Scenario.of(Scenario.Kind.UNARY, 64),
                        Scenario.of(Scenario.Kind.DOWNLOAD, 16), Scenario.of(Scenario.Kind.PING_PONG, 16)),
                "starter, (as it comes|no log fields|meters|traces.*|Micrometer.*)");
        new MeasuredClients(options).run();
    }

    private static void validation(Options options) throws InterruptedException {
        compare(options, List.of(Scenario.of(Scenario.Kind.UNARY, 1), Scenario.of(Scenario.Kind.UNARY, 64)),
                "starter, (as it comes|validation.*)");
        compare(options, List.of(Scenario.of(Scenario.Kind.CHECKED, 1), Scenario.of(Scenario.Kind.CHECKED, 64)),
                "starter, validation.*");
    }

    private static void security(Options options) throws InterruptedException {
        compare(options, List.of(Scenario.of(Scenario.Kind.UNARY, 1), Scenario.of(Scenario.Kind.UNARY, 64)),
                "starter, (security|tokens).*");
    }

    private static void compare(Options options, List<Scenario> scenarios, String variants)
            throws InterruptedException {
        try (Comparison comparison = new Comparison(options, scenarios, variants)) {
            comparison.run();
        }
    }

}
