package io.rpcspring.autoconfigure;

import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.rpcspring.server.BuiltInService;

/**
 * Serves what tools look at a server with: reflection and channelz, each only if asked
 * for.
 */
@AutoConfiguration
@ConditionalOnClass(ProtoReflectionServiceV1.class)
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
final class RpcServerInsightAutoConfiguration {

    private static final int PAGE = 100;

    @Bean
    @ConditionalOnBooleanProperty("rpc.server.reflection.enabled")
    BuiltInService rpcReflection() {
        return new BuiltInService(ProtoReflectionServiceV1.newInstance().bindService(), true);
    }

    @Bean
    @ConditionalOnBooleanProperty("rpc.server.reflection.enabled")
    @SuppressWarnings("deprecation") // old tools ask for v1alpha
    BuiltInService rpcReflectionAlpha() {
        return new BuiltInService(io.grpc.protobuf.services.ProtoReflectionService.newInstance().bindService(), true);
    }

    /** In a pool: it waits for event loops, and so must not run on one. */
    @Bean
    @ConditionalOnBooleanProperty("rpc.server.channelz.enabled")
    BuiltInService rpcChannelz() {
        return new BuiltInService(ChannelzService.newInstance(PAGE).bindService(), false);
    }

}
