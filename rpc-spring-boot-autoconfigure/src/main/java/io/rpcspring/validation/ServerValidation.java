package io.rpcspring.validation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.error.OwnStatuses;

/**
 * Checks the messages of a server's calls: requests before the application sees them, and
 * responses, if wanted, before they leave.
 */
public final class ServerValidation implements ServerInterceptor {

    private final ValidationSettings settings;

    private final Refusals refusals;

    /** What is checked of which method. */
    private final Map<String, Checked> methods = new ConcurrentHashMap<>();

    /**
     * Checks nothing yet.
     * @param rules of all messages
     * @param settings which are checked
     * @param statuses makes the statuses of calls that are refused
     */
    public ServerValidation(MessageRules rules, ValidationSettings settings, OwnStatuses statuses) {
        this.settings = settings;
        this.refusals = new Refusals(rules, statuses);
    }

    /**
     * Decides whether anything of a method is checked, and compiles the rules for it.
     * @param method is served
     * @return false if its calls need not pass here
     * @throws RpcConfigurationException if a rule is wrong
     */
    public boolean concerns(MethodDescriptor<?, ?> method) {
        if (!this.settings.include(method)) {
            return false;
        }
        String property = ValidationSettings.property(method.getFullMethodName());
        MessageRules rules = this.refusals.rules();
        Checked checked = new Checked(rules.concern(method.getRequestMarshaller(), property),
                this.settings.responses() && rules.concern(method.getResponseMarshaller(), property));
        this.methods.put(method.getFullMethodName(), checked);
        return checked.requests() || checked.responses();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        Checked checked = this.methods.getOrDefault(call.getMethodDescriptor().getFullMethodName(), Checked.NOTHING);
        ServerCall.Listener<Q> listener = next
            .startCall(checked.responses() ? new CheckedResponses<>(call, this.refusals) : call, headers);
        return checked.requests() ? new CheckedRequests<>(listener, call, this.refusals) : listener;
    }

    /**
     * What is checked of a method.
     *
     * @param requests whether its requests have rules
     * @param responses whether its responses have rules, and are to keep them
     */
    private record Checked(boolean requests, boolean responses) {

        static final Checked NOTHING = new Checked(false, false);

    }

}
