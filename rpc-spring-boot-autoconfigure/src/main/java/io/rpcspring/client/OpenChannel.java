package io.rpcspring.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * The open connections of one channel, and what each call is given.
 * <p>
 * Calls take turns on the connections.
 */
final class OpenChannel extends Channel {

    private final String description;

    private final ChannelFailures failures;

    private final ChannelFigures figures;

    private final ManagedChannel[] connections;

    private final AtomicInteger turn = new AtomicInteger();

    private final CallDefaults defaults;

    /** By full method name, and by service name. */
    private final Map<String, CallDefaults> methods;

    /** Where calls come in. */
    private final Channel entrance;

    OpenChannel(String description, String inboundLimit, ChannelFigures figures, List<ManagedChannel> connections,
            CallDefaults defaults, Map<String, CallDefaults> methods, List<ClientInterceptor> observers) {
        this.description = description;
        this.failures = new ChannelFailures(description, inboundLimit, figures);
        this.figures = figures;
        this.connections = connections.toArray(ManagedChannel[]::new);
        this.defaults = defaults;
        this.methods = Map.copyOf(methods);
        this.entrance = ClientInterceptors.interceptForward(new Unobserved(), observers);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return this.entrance.newCall(method, options);
    }

    @Override
    public String authority() {
        return this.connections[0].authority();
    }

    ChannelFigures figures() {
        return this.figures;
    }

    ChannelFailures failures() {
        return this.failures;
    }

    ConnectivityState state(boolean connect) {
        List<ConnectivityState> states = connections().map((connection) -> connection.getState(connect)).toList();
        return states.stream().filter(ConnectivityState.READY::equals).findFirst().orElse(states.get(0));
    }

    /** Starts afresh what has no connection: without back-off, with names asked anew. */
    void refresh() {
        connections().filter((connection) -> connection.getState(false) != ConnectivityState.READY)
            .forEach(ManagedChannel::enterIdle);
    }

    Stream<ManagedChannel> connections() {
        return Stream.of(this.connections);
    }

    @Override
    public String toString() {
        return this.description;
    }

    private ManagedChannel nextConnection() {
        int count = this.connections.length;
        return this.connections[(count == 1) ? 0 : (this.turn.getAndIncrement() & Integer.MAX_VALUE) % count];
    }

    private CallDefaults defaultsOf(MethodDescriptor<?, ?> method) {
        if (this.methods.isEmpty()) {
            return this.defaults;
        }
        CallDefaults own = this.methods.get(method.getFullMethodName());
        String service = method.getServiceName();
        CallDefaults ofService = (own != null || service == null) ? own : this.methods.get(service);
        return (ofService != null) ? ofService : this.defaults;
    }

    /**
     * Behind those who see each call first.
     */
    private final class Unobserved extends Channel {

        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            CallDefaults forMethod = defaultsOf(method);
            CallOptions complete = forMethod.applyTo(options, method.getType());
            AttemptFailure attempts = forMethod.severalAttempts() ? new AttemptFailure() : null;
            if (attempts != null) {
                complete = complete.withStreamTracerFactory(attempts);
            }
            return new DescribedCall<>(nextConnection().newCall(method, complete), method.getFullMethodName(),
                    OpenChannel.this, attempts);
        }

        @Override
        public String authority() {
            return OpenChannel.this.authority();
        }

    }

}
