package io.rpcspring.autoconfigure;

import io.grpc.xds.orca.OrcaServiceImpl;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.BuiltInService;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.load.LoadReports;
import io.rpcspring.server.load.OutOfBandReports;

/**
 * Tells clients how busy the server is, if asked for.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty("rpc.server.load-report.enabled")
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
final class RpcServerLoadAutoConfiguration {

    /** Where grpc-xds is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(OrcaServiceImpl.class)
    static class Reported {

        @Bean
        LoadReports rpcLoadReports(ObjectProvider<RpcServer> server) {
            return new LoadReports(server::getObject);
        }

        @Bean
        OutOfBandReports rpcOutOfBandReports(LoadReports reports) {
            return new OutOfBandReports(reports);
        }

        @Bean
        BuiltInService rpcLoadReportService(OutOfBandReports reports) {
            return new BuiltInService(reports.definition(), true);
        }

    }

    /** Where it is not. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.grpc.xds.orca.OrcaServiceImpl")
    static class Missing {

        Missing() {
            throw new RpcConfigurationException(
                    "rpc.server.load-report.enabled is true, but grpc-xds is not on the class path.",
                    "Add the dependency io.grpc:grpc-xds, or remove rpc.server.load-report.enabled.");
        }

    }

}
