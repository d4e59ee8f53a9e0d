package io.rpcspring.client.security;

import java.util.Optional;
import java.util.function.Predicate;

import io.grpc.ClientInterceptor;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;
import io.rpcspring.client.ChannelSettings;

/**
 * Refuses channels that want tokens where nothing can give them any.
 *
 * @param key what such channels have set
 * @param isSet whether they have
 * @param library what is absent
 * @param dependency what to add
 */
public record MissingLibrary(String key, Predicate<ChannelSettings.OAuth2> isSet, String library,
        String dependency) implements ChannelEnvironment.Link {

    @Override
    public void check(ChannelConfiguration channel) {
        if (this.isSet.test(channel.settings().oauth2())) {
            String property = channel.property(this.key);
            throw new RpcConfigurationException(
                    property + " is set, but " + this.library + " is not on the class path.",
                    "Add the dependency " + this.dependency + ", or remove " + property + ".");
        }
    }

    @Override
    public Optional<ClientInterceptor> of(ChannelConfiguration channel) {
        check(channel);
        return Optional.empty();
    }

}
