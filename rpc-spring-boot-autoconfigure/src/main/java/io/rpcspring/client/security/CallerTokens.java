package io.rpcspring.client.security;

import java.util.Optional;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.AbstractOAuth2Token;

import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;

/**
 * Passes the token of whoever called on to the next server, on channels that want it.
 * <p>
 * The identity is read by the thread that makes the call: credentials of gRPC may run on
 * another. Who has no token, or brings an authorization for the call itself, gets none
 * from here.
 */
public final class CallerTokens implements ChannelEnvironment.Link {

    @Override
    public Optional<ClientInterceptor> of(ChannelConfiguration channel) {
        return channel.settings().oauth2().relay() ? Optional.of(new Relay()) : Optional.empty();
    }

    private static @Nullable String token() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller == null || !caller.isAuthenticated()) {
            return null;
        }
        return (caller.getCredentials() instanceof AbstractOAuth2Token token) ? token.getTokenValue() : null;
    }

    /**
     * Adds the token to each call that has none.
     */
    private static final class Relay implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            ClientCall<Q, R> call = next.newCall(method, options);
            String token = (options.getCredentials() == null) ? token() : null;
            return (token != null) ? new RelayedCall<>(call, token) : call;
        }

    }

    /**
     * Adds the token when the call starts.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    private static final class RelayedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

        private final String token;

        RelayedCall(ClientCall<Q, R> call, String token) {
            super(call);
            this.token = token;
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            if (!headers.containsKey(BearerHeader.KEY)) {
                headers.put(BearerHeader.KEY, BearerHeader.value(this.token));
            }
            super.start(listener, headers);
        }

    }

}
