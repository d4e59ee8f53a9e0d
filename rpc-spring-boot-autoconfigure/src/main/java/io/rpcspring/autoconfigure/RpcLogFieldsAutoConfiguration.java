package io.rpcspring.autoconfigure;

import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import io.rpcspring.observation.LogFields;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.pool.ThreadLocals;

/**
 * Puts each call into the logging context of its log lines, where SLF4J is there.
 */
@AutoConfiguration(after = RpcPropagationAutoConfiguration.class)
@ConditionalOnClass(MDC.class)
@ConditionalOnBean(ThreadLocals.class)
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "rpc.observability.mdc", matchIfMissing = true)
@Import(PeerTexts.class)
final class RpcLogFieldsAutoConfiguration {

    @Bean
    @Order(2)
    ChainLink rpcLogFields() {
        return new ChainLink(ChainLink.Place.OBSERVATION, new LogFields());
    }

}
