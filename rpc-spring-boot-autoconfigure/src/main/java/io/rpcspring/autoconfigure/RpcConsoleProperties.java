package io.rpcspring.autoconfigure;

import java.util.Set;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.console.ConsoleSettings;
import io.rpcspring.console.Heartbeat;

/**
 * The page on which people try methods.
 *
 * @param enabled Whether there is a page to try every method and watch every pool. Needs
 * spring-boot-starter-websocket.
 * @param path Where it is, below the context path.
 * @param allowPublic Whether it is served on an address that others can reach though
 * nothing of web security keeps them out.
 * @param allowedHosts Further names of this host, such as that of a proxy before it.
 * @param limits What one tab may cost.
 */
@ConfigurationProperties(prefix = "rpc.console", ignoreUnknownFields = false)
record RpcConsoleProperties(@DefaultValue("false") boolean enabled, @DefaultValue("/rpc") String path,
        @DefaultValue("false") boolean allowPublic, @DefaultValue Set<String> allowedHosts,
        @DefaultValue Limits limits) {

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:]+");

    RpcConsoleProperties {
        if (!PATH.matcher(path).matches() || path.contains("/.")) {
            throw Bounds.refusal("rpc.console.path", "'" + path + "'", "no path below the context path",
                    "a path that begins with a slash and does not end with one", "/rpc");
        }
        for (String host : allowedHosts) {
            if (!HOST.matcher(host).matches()) {
                throw new RpcConfigurationException(
                        "rpc.console.allowed-hosts has '" + host + "', which is no name of a host.",
                        "Write names without scheme and port, such as console.example.com.");
            }
        }
    }

    ConsoleSettings settings(Heartbeat heartbeat) {
        return new ConsoleSettings(this.path, (int) this.limits.messageSize().toBytes(), this.limits.calls(),
                heartbeat);
    }

    /**
     * What one tab may cost.
     *
     * @param messageSize How long a message is at most, as JSON, both ways.
     * @param calls How many calls of a tab may be in flight at once.
     */
    record Limits(@DefaultValue("1MB") DataSize messageSize, @DefaultValue("20") int calls) {

        Limits {
            Bounds.size("rpc.console.limits.message-size", messageSize, "1MB");
            Bounds.atLeast("rpc.console.limits.calls", calls, 1, "20");
        }

    }

}
