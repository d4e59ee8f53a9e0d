package io.rpcspring.client;

import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannelBuilder;

/**
 * Tells grpc-java what a channel's settings say of each of its connections.
 */
final class ConnectionSettings {

    private ConnectionSettings() {
    }

    static void configure(ManagedChannelBuilder<?> builder, ChannelConfiguration configuration) {
        ChannelSettings settings = configuration.settings();
        builder.enableRetry()
            .perRpcBufferLimit(settings.retryBuffer().perCall().toBytes())
            .retryBufferSize(settings.retryBuffer().total().toBytes())
            .maxInboundMessageSize((int) settings.maxInboundMessageSize().toBytes())
            .maxInboundMetadataSize((int) settings.maxInboundMetadataSize().toBytes())
            .idleTimeout(settings.idleTimeout().toNanos(), TimeUnit.NANOSECONDS);
        ServiceConfig.configure(builder, configuration);
        if (settings.keepAlive().time() != null) {
            builder.keepAliveTime(settings.keepAlive().time().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(settings.keepAlive().timeout().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveWithoutCalls(settings.keepAlive().withoutCalls());
        }
        if (settings.authority() != null) {
            builder.overrideAuthority(settings.authority());
        }
        if (settings.userAgent() != null) {
            builder.userAgent(settings.userAgent());
        }
        if (settings.flowControlWindow() != null) {
            NettyChannels.flowControlWindow(builder, (int) settings.flowControlWindow().toBytes());
        }
    }

}
