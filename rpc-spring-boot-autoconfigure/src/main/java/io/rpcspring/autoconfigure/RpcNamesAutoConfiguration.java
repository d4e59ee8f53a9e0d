package io.rpcspring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

import io.rpcspring.autoconfigure.names.NamesCheck;

/**
 * Refuses what is set below {@code rpc} and read by nobody.
 */
@AutoConfiguration
final class RpcNamesAutoConfiguration {

    @Bean
    static NamesCheck rpcNamesCheck(ConfigurableEnvironment environment) {
        return new NamesCheck(environment);
    }

}
