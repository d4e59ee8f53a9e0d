package io.rpcspring.test;

import java.util.Optional;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;
import io.rpcspring.server.security.MockedCallers;

/**
 * Lets the server know who a test says that it is, where Spring Security is there.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(name = "org.springframework.security.core.context.SecurityContextHolder")
class RpcTestCallers {

    @Bean
    MockedCallers rpcMockedCallers() {
        return new MockedCallers();
    }

    @Bean
    ChannelEnvironment.Link rpcMockedCalls(MockedCallers callers, ChannelEnvironment.Detours detours) {
        return new ChannelEnvironment.Link() {

            @Override
            public Optional<ClientInterceptor> of(ChannelConfiguration channel) {
                return Optional.of(new Announced(channel.name(), callers, detours));
            }

        };
    }

    /**
     * Announces those of a channel's calls that stay within the JVM.
     *
     * @param channel the channel's name
     * @param callers are told
     * @param detours know where calls go
     */
    private record Announced(String channel, MockedCallers callers,
            ChannelEnvironment.Detours detours) implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            ClientCall<Q, R> call = next.newCall(method, options);
            return (this.detours.of(this.channel, method) != null) ? new AnnouncedCall<>(call, this.callers) : call;
        }

    }

    /**
     * Is announced when it starts, by the thread that starts it.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    private static final class AnnouncedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

        private final MockedCallers callers;

        private AnnouncedCall(ClientCall<Q, R> call, MockedCallers callers) {
            super(call);
            this.callers = callers;
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            Runnable forget = this.callers.announce(headers);
            super.start(new SimpleForwardingClientCallListener<>(listener) {

                @Override
                public void onClose(Status status, Metadata trailers) {
                    forget.run();
                    super.onClose(status, trailers);
                }

            }, headers);
        }

    }

}
