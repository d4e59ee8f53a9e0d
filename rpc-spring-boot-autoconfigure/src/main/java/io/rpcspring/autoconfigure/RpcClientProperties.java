package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.client.ChannelSettings;

/**
 * The clients' properties, as they are written.
 * <p>
 * {@link ChannelBinder} reads them once more, with what each channel inherits.
 *
 * @param defaults What every channel inherits, key by key.
 * @param channels Shared channels by the name that @RpcClient asks for.
 * @param xds The control plane of targets such as xds:///places.
 * @param shutdown What happens when the application stops.
 */
@ConfigurationProperties("rpc.client")
record RpcClientProperties(@NestedConfigurationProperty @DefaultValue ChannelSettings defaults,
        @DefaultValue Map<String, ChannelSettings> channels, @DefaultValue Xds xds, @DefaultValue Shutdown shutdown) {

    RpcClientProperties {
        channels = MapKeys.distinct(channels);
    }

    /** The properties that ask for validation. */
    Stream<String> validated() {
        Stream<String> ofChannels = this.channels.entrySet()
            .stream()
            .flatMap((channel) -> validated("rpc.client.channels." + channel.getKey(), channel.getValue()));
        return Stream.concat(validated("rpc.client.defaults", this.defaults), ofChannels);
    }

    private static Stream<String> validated(String place, ChannelSettings settings) {
        Stream<String> ofMethods = settings.methods()
            .entrySet()
            .stream()
            .filter((method) -> method.getValue().validation())
            .map((method) -> place + ".methods.\"[" + method.getKey() + "]\".validation");
        return Stream.concat(settings.validation() ? Stream.of(place + ".validation") : Stream.empty(), ofMethods);
    }

    /**
     * The control plane of targets such as xds:///places.
     *
     * @param bootstrap Where the control plane is, for channels and the server: a file,
     * or the JSON itself. If not set, GRPC_XDS_BOOTSTRAP and its like count. One for the
     * whole JVM.
     */
    record Xds(@Nullable String bootstrap) {

    }

    /**
     * What happens when the application stops.
     *
     * @param grace How long calls that the beans left behind may take before they are
     * cancelled.
     */
    record Shutdown(@DefaultValue("5s") Duration grace) {

        Shutdown {
            Bounds.atLeast("rpc.client.shutdown.grace", grace, Duration.ZERO, "5s");
        }

    }

}
