package io.rpcspring.autoconfigure;

import java.util.stream.Stream;

import build.buf.protovalidate.Config;
import build.buf.protovalidate.Validator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelEnvironment;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.validation.ClientValidation;
import io.rpcspring.validation.InvalidRequests;
import io.rpcspring.validation.MessageRules;
import io.rpcspring.validation.ServerValidation;

/**
 * Checks messages against the rules in their protos, where protovalidate is there.
 */
@AutoConfiguration
final class RpcValidationAutoConfiguration {

    /** Where protovalidate is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Validator.class)
    static class Checked {

        @Bean
        MessageRules rpcMessageRules(ObjectProvider<Config> config) {
            return new MessageRules(config.getIfAvailable(() -> Config.newBuilder().build()));
        }

        @Bean
        ChannelEnvironment.Link rpcClientValidation(MessageRules rules) {
            return new ClientValidation(rules);
        }

        /** Where there is a server. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
        @EnableConfigurationProperties(RpcServerProperties.class)
        static class OnServer {

            @Bean
            CallFailures.Mapping rpcInvalidRequests() {
                return new InvalidRequests();
            }

            @Bean
            ChainLink rpcServerValidation(MessageRules rules, RpcServerProperties properties) {
                ServerValidation validation = new ServerValidation(rules,
                        properties.validation().settings(properties.services()), properties.errors().statuses());
                return new ChainLink(ChainLink.Place.VALIDATION, validation, validation::concerns);
            }

        }

    }

    /** Where it is not. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("build.buf.protovalidate.Validator")
    static class Unchecked {

        /**
         * Finds out whether anybody counts on what is not there.
         * @throws RpcConfigurationException if somebody does
         */
        Unchecked(ObjectProvider<RpcServerProperties> server, ObjectProvider<RpcClientProperties> client) {
            Stream
                .concat(server.stream().flatMap((properties) -> properties.validation().asked(properties.services())),
                        client.stream().flatMap(RpcClientProperties::validated))
                .findFirst()
                .ifPresent((property) -> {
                    throw new RpcConfigurationException(
                            property + " is true, but protovalidate is not on the class path.",
                            "Add the dependency build.buf:protovalidate, or remove " + property + ".");
                });
        }

    }

}
