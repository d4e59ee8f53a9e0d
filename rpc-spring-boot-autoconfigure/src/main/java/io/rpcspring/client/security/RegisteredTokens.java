package io.rpcspring.client.security;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;

/**
 * Gives calls the token of the OAuth2 client registration that their channel names.
 * <p>
 * All channels that name a registration share its token. Calls that bring credentials or
 * an authorization of their own keep them.
 */
public final class RegisteredTokens implements ChannelEnvironment.Link {

    /** Longer than the requests that we make ourselves may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, SharedToken> tokens = new ConcurrentHashMap<>();

    private final ExecutorService threads = TokenThreads.create();

    private final Supplier<TokenSource> source;

    private final InstantSource clock;

    private final Duration patience;

    /**
     * Asks for nothing yet.
     * @param source finds where tokens come from; asked with the first channel that wants
     * one
     */
    public RegisteredTokens(Supplier<TokenSource> source) {
        this(source, InstantSource.system(), PATIENCE);
    }

    RegisteredTokens(Supplier<TokenSource> source, InstantSource clock, Duration patience) {
        this.source = source;
        this.clock = clock;
        this.patience = patience;
    }

    @Override
    public void check(ChannelConfiguration channel) {
        String registration = channel.settings().oauth2().registration();
        if (!registration.isEmpty()) {
            this.source.get().check(channel.property("oauth2.registration"), registration);
        }
    }

    @Override
    public Optional<ClientInterceptor> of(ChannelConfiguration channel) {
        String registration = channel.settings().oauth2().registration();
        if (registration.isEmpty()) {
            return Optional.empty();
        }
        check(channel);
        String whose = channel.name().isEmpty() ? "a channel opened at run time"
                : "the channel '" + channel.name() + "'";
        return Optional.of(new Authorized(this.tokens.computeIfAbsent(registration, this::token),
                "There is no token for " + whose + " by the OAuth2 registration '" + registration + "'"));
    }

    private SharedToken token(String registration) {
        return new SharedToken(registration, () -> this.source.get().fetch(registration), this.threads, this.clock,
                this.patience);
    }

    /**
     * Gives each call its credentials.
     *
     * @param token what they show
     * @param what says whose token it is that a call cannot have
     */
    private record Authorized(SharedToken token, String what) implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            if (options.getCredentials() != null) {
                return next.newCall(method, options);
            }
            TokenCredentials credentials = new TokenCredentials(this.token, this.what);
            return new SimpleForwardingClientCall<>(next.newCall(method, options.withCallCredentials(credentials))) {

                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    if (headers.containsKey(BearerHeader.KEY)) {
                        credentials.omit();
                    }
                    super.start(listener, headers);
                }

            };
        }

    }

}
