package io.rpcspring.autoconfigure;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who sees what the endpoint shows.
 *
 * @param showValues When to show the settings of channels instead of a mask: never,
 * when-authorized or always. Metadata is always masked.
 * @param roles Roles of those who are authorized. Everybody who is known if empty.
 */
@ConfigurationProperties("management.endpoint.rpc")
record RpcEndpointProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {
}
