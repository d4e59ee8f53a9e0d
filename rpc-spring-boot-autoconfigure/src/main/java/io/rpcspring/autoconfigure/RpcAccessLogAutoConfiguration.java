package io.rpcspring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import io.rpcspring.observation.AccessLog;
import io.rpcspring.observation.AccessLogStart;
import io.rpcspring.server.BuiltInService;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.call.ChainLink;

/**
 * Writes a line for each call of the server, if asked for.
 */
@AutoConfiguration
@ConditionalOnClass(LoggingEventBuilder.class)
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("rpc.server.access-log.enabled")
@EnableConfigurationProperties({ RpcServerProperties.class, RpcObservabilityProperties.class })
@Import(PeerTexts.class)
final class RpcAccessLogAutoConfiguration {

    @Bean
    RpcServerCustomizer rpcAccessLog(RpcServerProperties properties, RpcObservabilityProperties observability,
            ObjectProvider<BuiltInService> own, ObjectProvider<RpcServer> server) {
        AccessLog log = new AccessLog(properties.accessLog().choice(observability.unseen(own.stream())),
                (method) -> pool(server, method));
        return (builder) -> builder.addStreamTracerFactory(log);
    }

    private static @Nullable String pool(ObjectProvider<RpcServer> server, String method) {
        return server.getObject().poolOf(method);
    }

    @Bean
    @Order(3)
    ChainLink rpcAccessLogStart() {
        return new ChainLink(ChainLink.Place.OBSERVATION, new AccessLogStart());
    }

}
