package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.regex.Pattern;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelSettings;

/**
 * Refuses credentials of channels that cannot work. Messages never have the credentials.
 *
 * @param layers knows where a property is set
 */
record CredentialChecks(PropertyLayers layers) {

    /** What RFC 6750 lets a token be. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    void check(ChannelSettings settings) {
        List<String> keys = settings.authorizations();
        if (keys.size() > 1) {
            throw new RpcConfigurationException(
                    this.layers.nameOf(keys.get(0)) + " and " + this.layers.nameOf(keys.get(1))
                            + " are both set, but a call has one authorization.",
                    "Remove one of them. oauth2.registration: \"\" and oauth2.relay: false turn off what is inherited.");
        }
        String bearer = settings.bearer();
        if (bearer != null && !TOKEN.matcher(bearer).matches()) {
            throw new RpcConfigurationException(this.layers.nameOf("bearer") + " is no token that a header can have.",
                    "Write the token alone, without 'Bearer' before it.");
        }
        basic(settings.basic());
    }

    private void basic(ChannelSettings.Basic basic) {
        String username = basic.username();
        String password = basic.password();
        if ((username == null) != (password == null)) {
            String there = (username != null) ? "username" : "password";
            String absent = (username != null) ? "password" : "username";
            throw new RpcConfigurationException(
                    this.layers.nameOf("basic." + there) + " is set, but basic." + absent + " is not.",
                    "Set both, or none.");
        }
        if (username != null && (username.contains(":") || CONTROL.matcher(username + password).find())) {
            throw new RpcConfigurationException(
                    this.layers.nameOf("basic") + " cannot be sent: a colon in the username, or a control character.",
                    "Choose another username or password.");
        }
    }

}
