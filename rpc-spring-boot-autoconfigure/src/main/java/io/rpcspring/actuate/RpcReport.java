package io.rpcspring.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.PoolStatistics;

/**
 * What {@code /actuator/rpc} answers.
 *
 * @param server the server
 * @param services what it serves, by their full names
 * @param pools what runs the calls, by their names
 * @param channels those that are configured, and those opened at run time
 */
public record RpcReport(Server server, Map<String, Service> services, Map<String, Pool> pools, List<Channel> channels) {

    /**
     * The server.
     *
     * @param state {@code running}, {@code leaving} (still takes calls, its health says
     * that it does not serve), {@code draining} or {@code stopped}
     * @param doors where it listens
     * @param calls how many calls are in flight
     * @param limits what bounds connections, calls and the drain, by property names
     */
    public record Server(String state, List<String> doors, int calls, Map<String, Object> limits) {
    }

    /**
     * A service.
     *
     * @param bean what serves it; null for the framework's own
     * @param inRotation false if somebody took it out; null without the health service
     * @param methods by their bare names
     */
    public record Service(@Nullable String bean, @Nullable Boolean inRotation, Map<String, Method> methods) {
    }

    /**
     * A method.
     *
     * @param kind {@code UNARY}, {@code SERVER_STREAMING}, …
     * @param pool what runs it; null for the transport's own thread
     * @param access who may call it: {@code authenticated}, …; null if everybody may,
     * because nothing asks who calls
     * @param interceptors what a call passes, outermost first
     */
    public record Method(String kind, @Nullable String pool, @Nullable String access, List<String> interceptors) {
    }

    /**
     * A pool.
     *
     * @param type {@code platform}, {@code virtual} or {@code direct}
     * @param queueCapacity how many calls may wait
     * @param queueTimeout for how long
     * @param figures what it does and has done; null for type {@code direct}, and while
     * the server does not run
     */
    public record Pool(String type, int queueCapacity, Duration queueTimeout, @Nullable PoolStatistics figures) {
    }

    /**
     * A channel.
     *
     * @param name its name; empty if it was opened at run time with the defaults
     * @param target where its servers are, as configured
     * @param addresses where they are, as the name service last said
     * @param state the state of the best of its connections
     * @param connections how many are open
     * @param users how often it was injected or asked for
     * @param calls how many calls are in flight
     * @param lastFailure why a server could not be reached the last time; null if that
     * never happened
     * @param methods how calls are made: deadline, retry, …; what holds for all stands
     * beside what holds for single methods and services
     * @param settings the rest of what is configured, masked unless it may be shown
     */
    public record Channel(String name, @Nullable Object target, List<String> addresses, String state, int connections,
            int users, int calls, @Nullable String lastFailure, Map<String, Object> methods,
            Map<String, Object> settings) {
    }

}
