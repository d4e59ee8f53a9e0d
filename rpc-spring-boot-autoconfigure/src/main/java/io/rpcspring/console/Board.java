package io.rpcspring.console;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.client.ChannelReport;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerReport;
import io.rpcspring.server.call.CallReport;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.pool.PoolStatistics;

/**
 * Shows what pools, channels and calls do at a moment.
 */
public final class Board {

    private static final double NANOS_PER_MILLI = 1_000_000;

    private final RpcServer server;

    private final Map<String, PoolSettings> pools = new TreeMap<>();

    private final @Nullable RpcChannels channels;

    /**
     * Shows nothing yet.
     * @param server whose pools and calls are shown
     * @param pools as they are configured
     * @param channels those of the application, if it has any
     */
    public Board(RpcServer server, Collection<PoolSettings> pools, @Nullable RpcChannels channels) {
        this.server = server;
        pools.forEach((pool) -> this.pools.put(pool.name(), pool));
        this.channels = channels;
    }

    Frame now() {
        ServerReport report = this.server.report();
        return Frame.of("board")
            .with("time", System.currentTimeMillis())
            .with("state", report.state())
            .with("server", report.doors())
            .with("pools", pools())
            .with("channels", channels())
            .with("calls", calls());
    }

    private List<Frame> pools() {
        return this.server.poolStatistics()
            .entrySet()
            .stream()
            .map((pool) -> pool(pool.getKey(), pool.getValue(), this.pools.get(pool.getKey())))
            .toList();
    }

    private static Frame pool(String name, PoolStatistics figures, @Nullable PoolSettings settings) {
        return Frame.nameless()
            .with("name", name)
            .with("type", (settings != null) ? settings.type().name().toLowerCase(Locale.ROOT) : null)
            .with("size", (figures.size() != PoolSettings.UNBOUNDED) ? figures.size() : null)
            .with("queueCapacity", (settings != null) ? settings.queueCapacity() : null)
            .with("running", figures.running())
            .with("waiting", figures.waiting())
            .with("refused", figures.refused())
            .with("expired", figures.expired())
            .with("completed", figures.completed())
            .with("started", figures.started())
            .with("queueMillis", millis(figures.queueTime()))
            .with("longestQueueMillis", millis(figures.longestQueueTime()))
            .with("runMillis", millis(figures.runTime()));
    }

    private List<Frame> channels() {
        return (this.channels != null) ? this.channels.reports().stream().map(Board::channel).toList() : List.of();
    }

    private static Frame channel(ChannelReport channel) {
        Status failure = channel.figures().lastFailure();
        return Frame.nameless()
            .with("name", channel.name())
            .with("target", channel.target())
            .with("state", channel.state())
            .with("connections", channel.figures().connections())
            .with("users", channel.users())
            .with("calls", channel.figures().calls())
            .with("lastFailure", (failure != null) ? failure.getDescription() : null);
    }

    private Frame calls() {
        List<CallReport> calls = this.server.calls();
        return Frame.nameless()
            .with("count", calls.size())
            .with("list", calls.stream().limit(ConsoleSettings.BOARD).map(Board::call).toList());
    }

    private static Frame call(CallReport call) {
        return Frame.nameless()
            .with("method", call.method())
            .with("age", call.age().toMillis())
            .with("stage", call.stage())
            .with("pool", call.pool())
            .with("peer", call.peer())
            .with("thread", call.thread());
    }

    private static double millis(Duration time) {
        return Math.round(time.toNanos() / NANOS_PER_MILLI * 1000) / 1000.0;
    }

}
