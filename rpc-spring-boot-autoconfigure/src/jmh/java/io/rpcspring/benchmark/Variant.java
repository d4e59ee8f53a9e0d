package io.rpcspring.benchmark;

import java.util.List;
import java.util.stream.Stream;

/**
 * One way to build a server: each benchmark compares a few of them.
 *
 * @param name as it stands in the tables
 * @param kind who wires the server
 * @param threads what runs the calls of a hand-written server
 * @param properties the settings of a server that Spring wires
 * @param counterpart the hand-written server with the same kind of threads
 */
record Variant(String name, Kind kind, Threads threads, List<String> properties, String counterpart) {

    /** What everything is compared with: grpc-java as it comes. */
    static final String BASELINE = "raw, default executor";

    static final String STARTER = "starter, as it comes";

    static final String SPRING_BOOT = "Spring Boot's starter";

    private static final String METERS = "starter, meters";

    private static final String UNCHECKED = "starter, validation off";

    private static final String OPEN = "starter, security off";

    private static final String TOKENLESS = "starter, security off, no tokens";

    private static final String RAW_BOUNDED = "raw, bounded executor";

    private static final String RAW_PLATFORM = "raw, 200 platform threads";

    private static final String RAW_VIRTUAL = "raw, virtual threads";

    static final String RAW_DIRECT = "raw, event loop";

    private static final List<Variant> ALL = List.of(raw(BASELINE, Threads.CACHED),
            raw(RAW_PLATFORM, Threads.PLATFORM), raw(RAW_VIRTUAL, Threads.VIRTUAL), raw(RAW_DIRECT, Threads.DIRECT),
            starter(STARTER, RAW_PLATFORM),
            starter("starter, virtual threads", RAW_VIRTUAL, "rpc.server.pools.default.type=virtual",
                    "rpc.server.pools.streams.type=virtual", "rpc.server.limits.calls-per-connection=10000"),
            starter(METERS, STARTER), new Variant("starter, Micrometer's interceptor", Kind.MICROMETER, Threads.CACHED,
                    List.of("rpc.observability.enabled=false"), STARTER),
            starter("starter, no log fields", STARTER, "rpc.observability.mdc=false"), traced("1 %", 0.01),
            traced("100 %", 1), starter("starter, event loop", RAW_DIRECT, "rpc.server.pools.default.type=direct"),
            new Variant("starter, ImplBase", Kind.OBSERVERS, Threads.CACHED, List.of(), RAW_PLATFORM),
            new Variant(UNCHECKED, Kind.CHECKED, Threads.CACHED, List.of("rpc.server.validation.enabled=false"), STARTER),
            new Variant("starter, validation on", Kind.CHECKED, Threads.CACHED, List.of(), UNCHECKED),
            secured(OPEN, "rpc.server.security.enabled=false"),
            secured(TOKENLESS, "rpc.server.security.enabled=false"), secured("starter, tokens remembered"),
            secured("starter, tokens verified each time", "rpc.server.security.token-cache.enabled=false"),
            new Variant(SPRING_BOOT, Kind.SPRING_BOOT, Threads.CACHED, List.of(), BASELINE));

    /** What is compared under overload. */
    static final List<Variant> IN_OVERLOAD = List.of(raw(BASELINE, Threads.CACHED), raw(RAW_BOUNDED, Threads.BOUNDED),
            bounded("starter, fixed limit", "size=8"),
            bounded("starter, adaptive limit", "size=64", "min-size=2", "concurrency-limit=adaptive"));

    static Variant named(String name) {
        return Stream.concat(ALL.stream(), IN_OVERLOAD.stream())
            .filter((variant) -> variant.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("No variant '" + name + "'"));
    }

    /** The variants with these words in their names that this JVM can run. */
    static List<Variant> matching(String regex) {
        return ALL.stream()
            .filter((variant) -> variant.name().matches(regex))
            .filter((variant) -> !variant.name().contains("virtual") || Runtime.version().feature() >= 21)
            .toList();
    }

    private static Variant bounded(String name, String... settings) {
        return starter(name, RAW_BOUNDED,
                Stream.concat(Stream.of("type=platform", "queue-capacity=16"), Stream.of(settings))
                    .map((setting) -> "rpc.server.pools.default." + setting)
                    .toArray(String[]::new));
    }

    private static Variant raw(String name, Threads threads) {
        return new Variant(name, Kind.RAW, threads, List.of(), BASELINE);
    }

    private static Variant secured(String name, String... properties) {
        return new Variant(name, Kind.SECURED, Threads.CACHED, List.of(properties), OPEN);
    }

    private static Variant starter(String name, String counterpart, String... properties) {
        return new Variant(name, Kind.STARTER, Threads.CACHED, List.of(properties), counterpart);
    }

    private static Variant traced(String part, double sampled) {
        return new Variant("starter, traces of " + part, Kind.TRACED, Threads.CACHED, List.of("sampled=" + sampled),
                STARTER);
    }

    /** Whether Micrometer is on its class path. */
    boolean isMeasured() {
        return this.name.equals(METERS) || this.kind == Kind.MICROMETER || isTraced();
    }

    boolean isTraced() {
        return this.kind == Kind.TRACED;
    }

    /** Whether Spring Security is on its class path. */
    boolean hasSecurity() {
        return this.kind == Kind.SECURED;
    }

    /** Whether its callers show tokens. */
    boolean wantsTokens() {
        return hasSecurity() && !this.name.equals(TOKENLESS);
    }

    boolean isOfSpringBoot() {
        return this.kind == Kind.SPRING_BOOT;
    }

    boolean hasProtovalidate() {
        return this.kind == Kind.CHECKED;
    }

    /** Who wires a server. */
    enum Kind {

        /** A hand-written main method. */
        RAW,

        /** This project, with a plain object. */
        STARTER,

        /** This project, with observers. */
        OBSERVERS,

        /** This project, with Micrometer's own interceptor instead of our meters. */
        MICROMETER,

        /** This project with a tracer, with a plain object. */
        TRACED,

        /** This project with protovalidate, with a plain object. */
        CHECKED,

        /** This project with Spring Security, with a plain object. */
        SECURED,

        /** Spring Boot's own gRPC starter. */
        SPRING_BOOT

    }

    /** What runs the calls of a hand-written server. */
    enum Threads {

        /** The default of grpc-java: a cached pool without a bound. */
        CACHED,

        /** The look-up on the event loop, the call on one of 200 threads. */
        PLATFORM,

        /** The look-up on the event loop, the call on a virtual thread. */
        VIRTUAL,

        /** 8 threads and a queue of 16, which rejects what is more. */
        BOUNDED,

        /** All on the event loop. */
        DIRECT

    }

}
