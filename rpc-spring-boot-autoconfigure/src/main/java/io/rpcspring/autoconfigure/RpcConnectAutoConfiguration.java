package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

import io.rpcspring.client.RpcChannels;

/**
 * Connects channels before their first call, in whole applications only: the test of a
 * slice has no server to wait for.
 */
@AutoConfiguration(after = RpcClientAutoConfiguration.class)
@ConditionalOnBean(RpcChannels.class)
final class RpcConnectAutoConfiguration {

    @Bean
    static ChannelConnector rpcChannelConnector(ObjectProvider<RpcChannels> channels, ListableBeanFactory beans) {
        return new ChannelConnector(channels, new ChannelBeans(beans));
    }

}
