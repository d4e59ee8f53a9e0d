package io.rpcspring.benchmark;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.rpcspring.client.RpcChannels;

/**
 * Compares calls through a channel that is measured with calls through one that is not.
 *
 * @param options how long and how much to measure
 */
record MeasuredClients(Options options) {

    private static final String CHANNEL = "server";

    void run() throws IOException, InterruptedException {
        try (ServerProcess server = new ServerProcess(Variant.named(Variant.RAW_DIRECT), this.options.jvmOptions());
                ConfigurableApplicationContext plain = application(server, "rpc.observability.enabled=false");
                ConfigurableApplicationContext measured = application(server)) {
            Map<String, Channel> channels = new LinkedHashMap<>();
            Channel unmeasured = plain.getBean(RpcChannels.class).get(CHANNEL);
            channels.put("starter, without meters", unmeasured);
            channels.put("starter, meters", measured.getBean(RpcChannels.class).get(CHANNEL));
            channels.put("starter, Micrometer's interceptor",
                    ClientInterceptors.intercept(unmeasured, new ObservationGrpcClientInterceptor(
                            MeasuredBench.observations(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)))));
            Clients clients = new Clients(this.options);
            for (int parallel : new int[] { 1, 64 }) {
                clients.compare(channels, Scenario.of(Scenario.Kind.UNARY, parallel));
            }
        }
    }

    private static ConfigurableApplicationContext application(ServerProcess server, String... properties) {
        return new SpringApplicationBuilder(Clients.Application.class).web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .properties(Stream
                .concat(Stream.of(properties),
                        List.of("logging.level.root=warn", "rpc.client.channels.server.target=" + server.target())
                            .stream())
                .toArray(String[]::new))
            .run();
    }

}
