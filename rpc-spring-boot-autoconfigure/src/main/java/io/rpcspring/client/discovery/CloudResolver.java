package io.rpcspring.client.discovery;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.client.ChannelConfiguration;

/**
 * Asks the service registry for the servers of one channel, whenever it is told to.
 * <p>
 * Asking may block, so it is done on the channel's threads for that; one question at a
 * time, and one more after it if somebody wanted to know meanwhile. While the registry is
 * away, the servers that it named last stay.
 */
final class CloudResolver extends NameResolver {

    private static final Log logger = LogFactory.getLog(CloudResolver.class);

    private final String service;

    private final ChannelConfiguration channel;

    private final @Nullable ServiceRegistry registry;

    private final Args args;

    /** Has this while it runs. */
    private final CloudDirectory directory;

    /** How often somebody has asked since the last question was begun. */
    private final AtomicInteger asked = new AtomicInteger();

    /** What was warned of. Guarded by the channel's synchronization context. */
    private Set<String> problems = Set.of();

    /** What counts while the registry is away. Guarded as above. */
    private List<EquivalentAddressGroup> last;

    /** Guarded as above. */
    private boolean away;

    /** Guarded as above. */
    private @Nullable Listener2 listener;

    CloudResolver(String service, ChannelConfiguration channel, @Nullable ServiceRegistry registry, Args args,
            CloudDirectory directory) {
        this.service = service;
        this.channel = channel;
        this.registry = registry;
        this.args = args;
        this.directory = directory;
        this.last = directory.last(channel, service);
    }

    @Override
    public String getServiceAuthority() {
        return this.service;
    }

    @Override
    public void start(Listener2 newListener) {
        this.listener = newListener;
        this.directory.started(this);
        refresh();
    }

    @Override
    public void refresh() {
        if (this.asked.getAndIncrement() == 0) {
            this.args.getOffloadExecutor().execute(this::ask);
        }
    }

    @Override
    public void shutdown() {
        this.directory.stopped(this);
        this.listener = null;
    }

    private void ask() {
        int answered;
        do {
            answered = this.asked.get();
            RegistryAnswer answer = answer();
            this.args.getSynchronizationContext().execute(() -> tell(answer));
        }
        while (this.asked.addAndGet(-answered) > 0);
    }

    private RegistryAnswer answer() {
        return RegistryAnswer.ask(this.registry, this.service, this.channel);
    }

    private void tell(RegistryAnswer answer) {
        if (this.listener == null) {
            return;
        }
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
        this.listener.onResult2(ResolutionResult.newBuilder()
            .setAddressesOrError(
                    (failure != null && !kept) ? StatusOr.fromStatus(failure) : StatusOr.fromValue(this.last))
            .build());
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
