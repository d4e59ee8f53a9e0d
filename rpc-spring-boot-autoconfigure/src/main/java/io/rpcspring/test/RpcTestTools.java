package io.rpcspring.test;

import java.util.Set;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.rpcspring.client.RpcChannelCustomizer;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RpcChannels.CallObserver;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.call.ChainLink.Place;
import io.rpcspring.test.fault.FaultBook;

/**
 * Gives tests {@link RpcFaults} and {@link RpcRecorder}, and lets these into the
 * application's calls.
 */
@Configuration(proxyBeanMethods = false)
@Import(RpcTestCallers.class)
class RpcTestTools {

    @Bean
    FaultBook rpcFaultBook() {
        return new FaultBook();
    }

    @Bean
    RpcFaults rpcFaults(FaultBook book, ObjectProvider<RpcChannels> channels) {
        return new RpcFaults(book, known(channels));
    }

    @Bean
    RpcRecorder rpcRecorder(ObjectProvider<RpcChannels> channels) {
        return new RpcRecorder(known(channels));
    }

    /** After each test method. */
    @Bean(RpcTestToolsListener.RESET)
    Runnable rpcTestToolsReset(RpcFaults faults, RpcRecorder recorder) {
        return () -> {
            faults.reset();
            recorder.clear();
        };
    }

    private static KnownChannels known(ObjectProvider<RpcChannels> channels) {
        return new KnownChannels(() -> {
            RpcChannels all = channels.getIfAvailable();
            return (all != null) ? all.names() : Set.of();
        });
    }

    @Bean
    RpcServerCustomizer rpcRecordedServer(RpcRecorder recorder) {
        return (builder) -> builder.addStreamTracerFactory(recorder.onServer());
    }

    /** Sees the calls that faults end, too. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    ChainLink rpcRecordedCalls(RpcRecorder recorder) {
        return new ChainLink(Place.OBSERVATION, recorder.onServer());
    }

    @Bean
    CallObserver rpcRecordedChannels(RpcRecorder recorder) {
        return recorder::onClient;
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    ChainLink rpcServerFaults(FaultBook book) {
        return new ChainLink(Place.OBSERVATION, book.onServer());
    }

    /** First, so that customizations of the application have the last word. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    RpcChannelCustomizer rpcClientFaults(FaultBook book) {
        return book::onClient;
    }

}
