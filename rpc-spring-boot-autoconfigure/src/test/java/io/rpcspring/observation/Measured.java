package io.rpcspring.observation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.Channel;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.PlacesServer;

/**
 * A running application that is measured, and calls itself by the channel "places".
 *
 * @param server closed with this
 * @param registry has what was measured
 */
record Measured(PlacesServer server, PrometheusMeterRegistry registry) implements AutoCloseable {

    static Measured start(Object bean, String... properties) {
        return start(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), bean, properties);
    }

    static Measured start(PrometheusMeterRegistry registry, Object bean, String... properties) {
        String[] all = new String[properties.length + 1];
        all[0] = "rpc.client.channels.places.target=localhost:${local.rpc.server.port}";
        System.arraycopy(properties, 0, all, 1, properties.length);
        return new Measured(PlacesServer.start(List.of(bean, registry), all), registry);
    }

    /** The application's own. */
    Channel channel() {
        return channel("places");
    }

    Channel channel(String name) {
        return this.server.bean(RpcChannels.class).get(name);
    }

    /** How many calls ended with each code. */
    Map<Code, Long> ends(String timer, String... tags) {
        return ends(this.registry, timer, tags);
    }

    static Map<Code, Long> ends(MeterRegistry registry, String timer, String... tags) {
        Map<Code, Long> ends = new TreeMap<>();
        for (Timer found : Search.in(registry).name(timer).tags(tags).timers()) {
            ends.merge(Code.valueOf(String.valueOf(found.getId().getTag("grpc.status_code"))), found.count(),
                    Long::sum);
        }
        return ends;
    }

    double gauge(String name, String... tags) {
        return Search.in(this.registry).name(name).tags(tags).gauges().stream().mapToDouble(Gauge::value).sum();
    }

    double count(String name, String... tags) {
        return Search.in(this.registry)
            .name(name)
            .tags(tags)
            .counters()
            .stream()
            .mapToDouble((counter) -> counter.count())
            .sum();
    }

    @Override
    public void close() {
        this.server.close();
    }

}
