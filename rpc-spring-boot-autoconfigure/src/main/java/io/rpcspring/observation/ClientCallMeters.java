package io.rpcspring.observation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.MeterRegistry;

import io.rpcspring.client.RpcChannels.CallObserver;
import io.rpcspring.observation.MeterNames.Side;

/**
 * Counts the calls of all channels, each once, with the status that its caller got, and
 * the attempts that they took.
 */
public final class ClientCallMeters implements CallObserver {

    private final SideMeters methods;

    /**
     * Makes no meter yet.
     * @param registry gets the meters
     * @param names names them
     */
    public ClientCallMeters(MeterRegistry registry, MeterNames names) {
        this.methods = new SideMeters(registry, names, Side.CLIENT);
    }

    @Override
    public ClientInterceptor of(String channel) {
        return new ChannelCalls(this.methods, channel, new ConcurrentHashMap<>());
    }

    /**
     * Stands before all other interceptors of a channel.
     *
     * @param methods the meters of calls
     * @param channel the channel's name
     * @param attempts the meters of attempts by those of calls
     */
    private record ChannelCalls(SideMeters methods, String channel,
            Map<MethodMeters, AttemptMeters> attempts) implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            MethodMeters meters = this.methods.of(method);
            AttemptMeters known = this.attempts.get(meters);
            AttemptMeters attempts = (known != null) ? known : newAttempts(meters);
            return new MeteredCall<>(next.newCall(method, attempts.addTo(options)), meters);
        }

        private AttemptMeters newAttempts(MethodMeters meters) {
            return this.attempts.computeIfAbsent(meters,
                    (key) -> new AttemptMeters(this.methods.registry(), key, this.channel));
        }

    }

}
