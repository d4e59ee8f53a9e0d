package io.rpcspring.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.observation.MeterNames;
import io.rpcspring.server.BuiltInService;

/**
 * What is shown of servers and channels.
 *
 * @param enabled Whether calls, pools, channels and connections are measured, and calls
 * traced, where Micrometer is there.
 * @param names Whose names the meters of calls have: micrometer, those of Micrometer's
 * own instrumentation of gRPC, or otel, those of OpenTelemetry's conventions.
 * @param messageEvents Whether the first 128 messages of a call are events of its span.
 * @param mdc Whether log lines of a call have its service, method and peer in the logging
 * context (MDC), where SLF4J is there.
 * @param ownServices Whether calls of health, reflection and channelz are in spans and in
 * the access log.
 */
@ConfigurationProperties(prefix = "rpc.observability", ignoreUnknownFields = false)
record RpcObservabilityProperties(@DefaultValue("true") boolean enabled, @DefaultValue("micrometer") MeterNames names,
        @DefaultValue("false") boolean messageEvents, @DefaultValue("true") boolean mdc,
        @DefaultValue("false") boolean ownServices) {

    /** The framework's own services, unless they are to be seen. */
    Set<String> unseen(Stream<BuiltInService> own) {
        return this.ownServices ? Set.of() : own.map(BuiltInService::name).collect(Collectors.toUnmodifiableSet());
    }

}
