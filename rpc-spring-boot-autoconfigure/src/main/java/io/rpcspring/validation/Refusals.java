package io.rpcspring.validation;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.Message;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.OwnStatuses;

/**
 * Says how a call ends whose message breaks a rule.
 *
 * @param rules of the messages
 * @param statuses makes the statuses
 */
record Refusals(MessageRules rules, OwnStatuses statuses) {

    private static final Log logger = LogFactory.getLog(Refusals.class);

    /** How protovalidate names the rule; what follows may have values. */
    private static final Pattern RULE = Pattern.compile("error evaluating (.*?): ");

    /**
     * How a call ends that brings a request.
     * @return null if nothing is wrong with the request
     * @throws IllegalStateException if a rule cannot be evaluated
     */
    @Nullable CallEnd ofRequest(String method, Object request) {
        ValidationResult result = check(method, request);
        if (result.isSuccess()) {
            return null;
        }
        Findings findings = Findings.of(result);
        return this.statuses.of(RpcErrorReason.INVALID_REQUEST, Status.INVALID_ARGUMENT
            .withDescription("The request of " + method + " is not valid: " + findings.summary()), findings.details());
    }

    /**
     * How a call ends that would bring a response. The client is not told of what is
     * wrong, which the log has.
     * @return null if nothing is wrong with the response
     * @throws IllegalStateException if a rule cannot be evaluated
     */
    @Nullable CallEnd ofResponse(String method, Object response) {
        ValidationResult result = check(method, response);
        if (result.isSuccess()) {
            return null;
        }
        String id = String.format("%08x", ThreadLocalRandom.current().nextInt());
        logger.error("A response of " + method + " is not valid, id " + id + ": " + Findings.of(result).summary());
        return this.statuses.of(RpcErrorReason.INVALID_RESPONSE,
                Status.INTERNAL.withDescription("The server has made a response that is not valid, id " + id));
    }

    private ValidationResult check(String method, Object message) {
        try {
            return this.rules.check((Message) message);
        }
        catch (ValidationException ex) {
            logger.debug("A message of " + method + " cannot be checked", ex);
            Matcher rule = RULE.matcher(String.valueOf(ex.getMessage()));
            throw new IllegalStateException((rule.find() ? "The rule '" + rule.group(1) + "'" : "A rule") + " of "
                    + ((Message) message).getDescriptorForType().getFullName()
                    + " cannot be evaluated for a message of " + method);
        }
    }

}
