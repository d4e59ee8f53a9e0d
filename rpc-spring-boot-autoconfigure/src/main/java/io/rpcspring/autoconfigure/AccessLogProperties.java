package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.Set;

import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.observation.AccessLog;

/**
 * Which calls have a line in the access log.
 *
 * @param enabled Whether each call has a line, by the logger io.rpcspring.access. Needs
 * SLF4J.
 * @param slowerThan How long a call lasts at least to have a line, its wait for a thread
 * included.
 * @param sample The share of the calls that are looked at, from 0 to 1.
 */
record AccessLogProperties(@DefaultValue("false") boolean enabled, @DefaultValue("0s") Duration slowerThan,
        @DefaultValue("1") double sample) {

    AccessLogProperties {
        Bounds.atLeast("rpc.server.access-log.slower-than", slowerThan, Duration.ZERO, "200ms");
        if (!(sample >= 0 && sample <= 1)) {
            throw new RpcConfigurationException("rpc.server.access-log.sample is " + sample + ", which is no share.",
                    "Set it to a number from 0 to 1, such as 0.01 for one call of a hundred.");
        }
    }

    AccessLog.Choice choice(Set<String> without) {
        return new AccessLog.Choice(this.slowerThan.toNanos(), this.sample, without);
    }

}
