package io.rpcspring.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.RpcConfigurationException;

/**
 * Connects channels before their first call.
 *
 * @param channels those that are to be connected
 */
record EagerConnections(List<SharedChannel> channels) {

    private static final Log logger = LogFactory.getLog(EagerConnections.class);

    /**
     * Those whose target is known, and counts, and that do not wait for their first call.
     */
    static EagerConnections among(Collection<SharedChannel> channels) {
        return new EagerConnections(channels.stream()
            .filter(SharedChannel::isKnownAtStart)
            .filter((channel) -> settings(channel).connect() != ChannelSettings.Connect.LAZY)
            .toList());
    }

    /**
     * Connects all at once, and waits for each as long as it may take.
     * @throws RpcConfigurationException if one that is required has no connection then
     */
    void await() {
        long start = System.nanoTime();
        this.channels.forEach((channel) -> channel.open().state(true));
        this.channels.forEach((channel) -> await(channel, start));
    }

    private static void await(SharedChannel channel, long start) {
        Duration timeout = settings(channel).connectTimeout();
        long deadline = start + timeout.toNanos();
        if (channel.open().connections().allMatch((connection) -> isReady(connection, deadline))) {
            return;
        }
        String failure = "The " + channel.open() + " has no connection after " + timeout.toMillis() + "ms"
                + cause(channel);
        if (settings(channel).connect() == ChannelSettings.Connect.EAGER) {
            logger.warn(failure + "; it keeps trying when calls come");
            return;
        }
        throw new RpcConfigurationException(failure + ", but one is required.",
                "Start the server, correct the target, or set rpc.client.channels."
                        + channel.factory().configuration().name() + ".connect to eager or lazy.");
    }

    private static String cause(SharedChannel channel) {
        Status cause = channel.figures().outage().cause();
        return (cause != null) ? ": " + FailureText.of(cause) : "";
    }

    private static boolean isReady(ManagedChannel connection, long deadline) {
        try {
            ConnectivityState state = connection.getState(true);
            while (state != ConnectivityState.READY) {
                CountDownLatch changed = new CountDownLatch(1);
                connection.notifyWhenStateChanged(state, changed::countDown);
                if (!changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return false;
                }
                state = connection.getState(true);
            }
            return true;
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ChannelSettings settings(SharedChannel channel) {
        return channel.factory().configuration().settings();
    }

}
