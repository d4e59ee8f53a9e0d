package io.rpcspring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.observation.MeterNames;

/**
 * What is shown of servers and channels.
 *
 * @param enabled Whether calls, pools, channels and connections are measured, where
 * Micrometer is there.
 * @param names Whose names the meters of calls have: micrometer, those of Micrometer's
 * own instrumentation of gRPC, or otel, those of OpenTelemetry's conventions.
 */
@ConfigurationProperties(prefix = "rpc.observability", ignoreUnknownFields = false)
record RpcObservabilityProperties(@DefaultValue("true") boolean enabled, @DefaultValue("micrometer") MeterNames names) {
}
