package io.rpcspring.actuate;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.rpcspring.server.ServerReport;

/**
 * Answers {@code /actuator/rpc}: what the server, its calls and the channels are doing.
 * <p>
 * Asking takes no lock that a call needs. It changes nothing unless
 * {@code management.endpoint.rpc.access} is {@code unrestricted}.
 */
@Endpoint(id = "rpc", defaultAccess = Access.READ_ONLY)
public final class RpcEndpoint {

    private final @Nullable ServerView server;

    private final ChannelView channels;

    private final Show showValues;

    /**
     * Creates the endpoint.
     * @param server shows the server; null if it is switched off
     * @param channels shows the channels
     * @param showValues whether settings are shown where nobody is known, as by JMX
     */
    public RpcEndpoint(@Nullable ServerView server, ChannelView channels, Show showValues) {
        this.server = server;
        this.channels = channels;
        this.showValues = showValues;
    }

    /**
     * Everything but the calls.
     * @return the report
     */
    @ReadOperation
    public RpcReport rpc() {
        return report(this.showValues.isShown(true));
    }

    RpcReport report(boolean shown) {
        ServerView view = this.server;
        if (view == null) {
            RpcReport.Server none = new RpcReport.Server(ServerReport.State.STOPPED.toString(), List.of(), 0, Map.of());
            return new RpcReport(none, Map.of(), Map.of(), this.channels.report(shown));
        }
        ServerReport now = view.server().report();
        return new RpcReport(view.report(now, new SettingsMask(this.channels.sanitizer(), true)), view.services(now),
                view.poolReports(), this.channels.report(shown));
    }

    /**
     * The calls in flight.
     * @param part {@code calls}
     * @return null, which is answered by 404, for anything else
     */
    @ReadOperation
    public @Nullable LiveReport part(@Selector String part) {
        if (!part.equals("calls")) {
            return null;
        }
        return LiveReport.of((this.server != null) ? this.server.calls() : List.of());
    }

    /**
     * Resizes a pool, or takes a service out of rotation or puts it back.
     * @param kind {@code pools} or {@code services}
     * @param name which one
     * @param size of a pool: how many calls it runs at once
     * @param inRotation of a service: whether its health says that it serves
     * @return the pool or the service as it is now; null, which is answered by 404, for
     * another kind
     */
    @WriteOperation
    public @Nullable Object change(@Selector String kind, @Selector String name, @Nullable Integer size,
            @Nullable Boolean inRotation) {
        ServerView view = this.server;
        if (view == null) {
            return null;
        }
        try {
            return switch (kind) {
                case "pools" -> view.resize(name, required("size", size));
                case "services" -> view.rotate(name, required("inRotation", inRotation));
                default -> null;
            };
        }
        catch (IllegalArgumentException ex) {
            String why = String.valueOf(ex.getMessage());
            throw new InvalidEndpointRequestException(why, why, ex);
        }
    }

    private static <V> V required(String name, @Nullable V value) {
        if (value == null) {
            throw new IllegalArgumentException("'" + name + "' is missing.");
        }
        return value;
    }

}
