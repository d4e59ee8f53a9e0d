package io.rpcspring.client;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.EquivalentAddressGroup;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warns once of servers that get no call because the channel picks the first.
 */
final class IdleServers {

    private static final Log logger = LogFactory.getLog(IdleServers.class);

    private final ChannelConfiguration configuration;

    private final String channel;

    private final AtomicBoolean warned;

    IdleServers(ChannelConfiguration configuration, String channel) {
        this.configuration = configuration;
        this.channel = channel;
        this.warned = new AtomicBoolean(!configuration.settings().loadBalancing().equals("pick_first"));
    }

    /** Says how many targets there are, before their names are resolved. */
    IdleServers amongTargets(int targets) {
        warn(targets);
        return this;
    }

    /** Says which servers there are. */
    void among(List<EquivalentAddressGroup> servers) {
        if (!this.warned.get()) {
            long all = servers.stream().flatMap((group) -> group.getAddresses().stream()).distinct().count();
            long six = servers.stream()
                .flatMap((group) -> group.getAddresses().stream())
                .distinct()
                .filter(IdleServers::isOfVersion6)
                .count();
            // A server that speaks both has an address of each.
            warn(Math.max(six, all - six));
        }
    }

    private static boolean isOfVersion6(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
    }

    private void warn(long servers) {
        if (servers > 1 && this.warned.compareAndSet(false, true)) {
            String property = this.configuration.property("load-balancing");
            logger.warn("The " + this.channel + " has " + servers + " servers, but " + property
                    + " is pick_first: one of them gets all calls. Set it to round_robin to use them all");
        }
    }

}
