package io.rpcspring.client.discovery;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import io.grpc.StatusOr;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.client.ChannelConfiguration;

/**
 * Keeps the servers that the registry named last for one channel, while it is away.
 * <p>
 * Guarded by the channel's synchronization context.
 */
final class KnownServers {

    private static final Log logger = LogFactory.getLog(KnownServers.class);

    private final String service;

    private final ChannelConfiguration channel;

    private final CloudDirectory directory;

    /** What was warned of. */
    private Set<String> problems = Set.of();

    private List<EquivalentAddressGroup> last;

    private boolean away;

    /**
     * Begins with what the channel knew before.
     * @param directory remembers it
     */
    KnownServers(String service, ChannelConfiguration channel, CloudDirectory directory) {
        this.service = service;
        this.channel = channel;
        this.directory = directory;
        this.last = directory.last(channel, service);
    }

    /** The servers that count after an answer, or why there are none. */
    StatusOr<List<EquivalentAddressGroup>> after(RegistryAnswer answer) {
        warn(answer.problems());
        Status failure = answer.failure();
        boolean kept = answer.outage() && failure != null && !this.last.isEmpty();
        if (failure != null && kept && !this.away) {
            logger.warn(
                    text() + " keeps the " + this.last.size() + " addresses that it has: " + failure.getDescription());
        }
        else if (this.away && !answer.outage()) {
            logger.info(text() + " has addresses from the service registry again");
        }
        this.away = kept;
        if (!kept) {
            this.last = answer.servers();
            this.directory.remember(this.channel, this.service, this.last);
        }
        return (failure != null && !kept) ? StatusOr.fromStatus(failure) : StatusOr.fromValue(this.last);
    }

    private void warn(List<String> found) {
        found.stream()
            .filter((problem) -> !this.problems.contains(problem))
            .forEach(
                    (problem) -> logger.warn(text() + " leaves out an instance of '" + this.service + "': " + problem));
        this.problems = new HashSet<>(found);
    }

    private String text() {
        return "The channel '" + this.channel.name() + "' to discovery:///" + this.service;
    }

}
