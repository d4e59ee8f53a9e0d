package io.rpcspring.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.client.RpcChannels;

/**
 * Compares calls through the starter's channels with calls through a hand-made one.
 * <p>
 * All use one server, which works on its event loop; what is measured is this process.
 */
record Clients(Options options) {

    private static final String HAND_MADE = "hand-made channel";

    private static final int[] CONNECTIONS = { 1, 2, 4 };

    void run() throws IOException, InterruptedException {
        try (ServerProcess server = new ServerProcess(Variant.named(Variant.RAW_DIRECT), this.options.jvmOptions());
                ConfigurableApplicationContext context = application(server.target())) {
            ManagedChannel handMade = Grpc.newChannelBuilder(server.target(), InsecureChannelCredentials.create())
                .build();
            Map<String, Channel> channels = new LinkedHashMap<>();
            channels.put(HAND_MADE, handMade);
            for (int connections : CONNECTIONS) {
                channels.put("starter, connections: " + connections,
                        context.getBean(RpcChannels.class).get("over-" + connections));
            }
            for (int parallel : new int[] { 1, 64, 512 }) {
                compare(channels, Scenario.of(Scenario.Kind.UNARY, parallel));
            }
            handMade.shutdownNow();
        }
    }

    private static ConfigurableApplicationContext application(String target) {
        List<String> properties = new ArrayList<>(List.of("logging.level.root=warn", "rpc.observability.enabled=false"));
        for (int connections : CONNECTIONS) {
            String channel = "rpc.client.channels.over-" + connections;
            properties.add(channel + ".target=" + target);
            properties.add(channel + ".connections=" + connections);
        }
        return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .properties(properties.toArray(String[]::new))
            .run();
    }

    /** With the first of them. */
    void compare(Map<String, Channel> channels, Scenario scenario) throws IOException, InterruptedException {
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        for (Channel channel : channels.values()) {
            round(channel, scenario, this.options.warmUpSeconds() * 1000 / channels.size());
        }
        List<String> order = new ArrayList<>(channels.keySet());
        for (int i = 0; i < this.options.rounds(); i++) {
            for (String name : order) {
                Channel channel = channels.getOrDefault(name, channels.values().iterator().next());
                rounds.computeIfAbsent(name, (key) -> new ArrayList<>())
                    .add(round(channel, scenario, this.options.roundMillis()));
            }
            Collections.rotate(order, 1);
        }
        System.out.println(
                "\n### " + scenario.name() + "\n\n| client | rate | CPU | bytes | bytes a call |\n|---|---|---|---|---|");
        List<Round> base = rounds.getOrDefault(channels.keySet().iterator().next(), List.of());
        channels.keySet().forEach((name) -> {
            List<Round> own = rounds.getOrDefault(name, List.of());
            System.out.printf("| %s | %.2f | %.2f | %.3f | %.0f |%n", name, ratio(own, base, Round::perSecond),
                    ratio(own, base, Round::cpuNanos), ratio(own, base, Round::bytes),
                    Medians.of(own.stream().map(Round::bytes).toList()));
        });
    }

    private static Round round(Channel channel, Scenario scenario, int millis)
            throws IOException, InterruptedException {
        try (Load load = new Load(channel, scenario)) {
            load.runFor(Math.min(100, millis));
            long calls = load.messages();
            long start = System.nanoTime();
            Usage before = Usage.ofThisProcess();
            load.runFor(millis);
            Usage used = Usage.ofThisProcess().minus(before);
            double ran = load.messages() - calls;
            return new Round(ran * 1e9 / (System.nanoTime() - start), used.cpuNanos() / ran,
                    used.allocatedBytes() / ran);
        }
    }

    private static double ratio(List<Round> own, List<Round> others, ToDoubleFunction<Round> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(figure.applyAsDouble(own.get(i)) / figure.applyAsDouble(others.get(i)));
        }
        return Medians.of(ratios);
    }

    /**
     * What one round measured.
     *
     * @param perSecond calls a second
     * @param cpuNanos processor time of this process for a call
     * @param bytes allocated by this process for a call
     */
    private record Round(double perSecond, double cpuNanos, double bytes) {
    }

    /** The starter, and not the tracing of the tests. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration")
    static class Application {

    }

}
