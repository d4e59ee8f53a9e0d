package io.rpcspring.validation;

import java.util.Optional;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

import io.rpcspring.client.CallSettings;
import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;
import io.rpcspring.server.error.OwnStatuses;

/**
 * Checks the requests of channels that want it, which saves the round trip of those that
 * a server would refuse.
 * <p>
 * The rules of a type are compiled with the first call that sends it.
 */
public final class ClientValidation implements ChannelEnvironment.Link {

    private final Refusals refusals;

    /**
     * Checks nothing yet.
     * @param rules of all messages
     */
    public ClientValidation(MessageRules rules) {
        this.refusals = new Refusals(rules, new OwnStatuses(true));
    }

    @Override
    public Optional<ClientInterceptor> of(ChannelConfiguration channel) {
        boolean any = Stream.concat(Stream.of(channel.calls()), channel.methods().values().stream())
            .anyMatch(CallSettings::validation);
        return any ? Optional.of(new CheckedChannel(channel, this.refusals)) : Optional.empty();
    }

    /**
     * Leaves calls alone that are not to be checked, or whose requests have no rules.
     *
     * @param configuration says which calls are checked
     * @param refusals says how a call ends that breaks a rule
     */
    private record CheckedChannel(ChannelConfiguration configuration, Refusals refusals) implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            boolean checked = isChecked(method);
            ClientCall<Q, R> call = next.newCall(method, options);
            return checked ? CheckedCall.of(call, method, this.refusals) : call;
        }

        private boolean isChecked(MethodDescriptor<?, ?> method) {
            return this.configuration.callsOf(method.getFullMethodName(), method.getServiceName()).validation()
                    && this.refusals.rules()
                        .concern(method.getRequestMarshaller(), this.configuration.property("validation"));
        }

    }

}
