package io.rpcspring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcConfigurationException;

/**
 * Prints an {@link RpcConfigurationException} as Spring Boot's failure report, without a
 * stack trace.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RpcFailureAnalyzer extends AbstractFailureAnalyzer<RpcConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, RpcConfigurationException cause) {
        return new FailureAnalysis(cause.description(), cause.action(), cause);
    }

}
