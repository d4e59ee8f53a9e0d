package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses headers that no call can have.
 *
 * @param layers where they come from
 */
record HeaderChecks(PropertyLayers layers) {

    private static final Pattern HEADER = Pattern.compile("(?!grpc-)[0-9a-z_.-]+(?<!-bin)");

    private static final List<String> RESERVED = List.of("te", "content-type", "user-agent");

    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");

    void check(Map<String, String> metadata) {
        metadata.forEach((key, value) -> {
            String name = this.layers.nameOf("metadata") + "[" + key + "]";
            if (!HEADER.matcher(key).matches() || RESERVED.contains(key)) {
                throw new RpcConfigurationException(name + " is no header that a call can have.",
                        "Use lower-case letters, digits, '-', '_' and '.', without 'grpc-' before and '-bin' after;"
                                + " the user agent has a property of its own.");
            }
            if (!PRINTABLE.matcher(value).matches()) {
                throw new RpcConfigurationException(name + " has a value with other than printable ASCII characters.",
                        "Encode it, or add a binary header in a ClientInterceptor.");
            }
        });
    }

}
