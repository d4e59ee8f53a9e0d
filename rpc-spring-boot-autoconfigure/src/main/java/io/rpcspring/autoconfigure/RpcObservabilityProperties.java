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
 * @param mdc Whether log lines of a call have its service, method and peer in the logging
 * context (MDC), where SLF4J is there.
 * @param ownServices Whether calls of health, reflection and channelz are in spans and in
 * the access log.
 */
@ConfigurationProperties(prefix = "rpc.observability", ignoreUnknownFields = false)
record RpcObservabilityProperties(@DefaultValue("true") boolean enabled, @DefaultValue("micrometer") MeterNames names,
        @DefaultValue("true") boolean mdc, @DefaultValue("false") boolean ownServices) {
}
