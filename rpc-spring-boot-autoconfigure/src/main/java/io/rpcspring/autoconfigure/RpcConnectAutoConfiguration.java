package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;

import io.rpcspring.client.RpcChannels;

/**
 * Connects channels before their first call, in whole applications only: the test of a
 * slice has no server to wait for.
 */
@AutoConfiguration(after = RpcClientAutoConfiguration.class)
@ConditionalOnBean(RpcChannels.class)
final class RpcConnectAutoConfiguration {

    @Bean
    static ChannelConnector rpcChannelConnector(ObjectProvider<RpcChannels> channels, ListableBeanFactory beans,
            ApplicationContext context) {
        return new ChannelConnector(channels, new ChannelBeans(beans), new OwnEvents(context));
    }

    @Bean
    static ApplicationListener<ContextClosedEvent> rpcChannelFarewell(ObjectProvider<RpcChannels> channels,
            ApplicationContext context) {
        return (event) -> {
            if (event.getApplicationContext() == context) {
                channels.getObject().leave();
            }
        };
    }

}
