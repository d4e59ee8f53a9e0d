package io.rpcspring.autoconfigure;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.observation.Peers;
import io.rpcspring.server.RpcServerCustomizer;

/**
 * Has the peer of each connection written once, where calls show it.
 */
@Configuration(proxyBeanMethods = false)
class PeerTexts {

    @Bean
    RpcServerCustomizer rpcPeers() {
        return (builder) -> builder.addTransportFilter(new Peers());
    }

}
