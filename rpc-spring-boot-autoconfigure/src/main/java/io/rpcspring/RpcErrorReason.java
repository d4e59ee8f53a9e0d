package io.rpcspring;

import java.util.Optional;
import java.util.stream.Stream;

import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Says to programs why the framework itself has given a call its status.
 * <p>
 * The name of the constant is the {@code reason} of the {@code google.rpc.ErrorInfo}
 * among the details of the status, whose {@code domain} is {@value #DOMAIN}. Later
 * versions may have more.
 */
public enum RpcErrorReason {

    /** {@code RESOURCE_EXHAUSTED}: the pool has no place for the call. */
    POOL_FULL,

    /** {@code RESOURCE_EXHAUSTED}: no thread got free within the queue timeout. */
    QUEUE_TIMEOUT,

    /** {@code UNAVAILABLE}: the server shuts down, and lets go who watches. */
    DRAINING,

    /** {@code UNAVAILABLE}: the server shuts down, and the grace period is over. */
    CALL_CUT,

    /** {@code DEADLINE_EXCEEDED}: as the client, or an interceptor, has set it. */
    DEADLINE_PASSED,

    /** {@code CANCELLED}: an interceptor has cancelled the context of the call. */
    CONTEXT_CANCELLED,

    /**
     * {@code INVALID_ARGUMENT} if a request is no message of its type, {@code INTERNAL}
     * if it cannot be decompressed.
     */
    UNREADABLE_REQUEST,

    /** {@code INTERNAL}: the client has sent a timeout that is none. */
    UNREADABLE_TIMEOUT,

    /**
     * {@code UNIMPLEMENTED}, from an {@code ImplBase} {@code INTERNAL}: no request, or
     * more than one, where there must be one.
     */
    WRONG_REQUEST_COUNT,

    /** {@code RESOURCE_EXHAUSTED}: a request is too large when decompressed. */
    MESSAGE_TOO_LARGE,

    /**
     * {@code UNIMPLEMENTED}: the service has no handler for the method.
     * {@code NOT_FOUND}: the health of a service was asked for that is not served.
     */
    NOT_SERVED,

    /** {@code UNAUTHENTICATED}: the caller has shown no credentials, or wrong ones. */
    UNAUTHENTICATED,

    /** {@code PERMISSION_DENIED}: the caller may not do this. */
    NOT_ALLOWED,

    /** {@code UNAVAILABLE}: what checks the credentials does not answer. */
    AUTHENTICATION_UNAVAILABLE,

    /** {@code INVALID_ARGUMENT}: a request breaks the rules of its type. */
    INVALID_REQUEST,

    /** {@code INTERNAL}: a response would break the rules of its type. */
    INVALID_RESPONSE,

    /**
     * {@code UNKNOWN}, or the {@code UNAVAILABLE} or {@code DEADLINE_EXCEEDED} of a call
     * that the handler has made itself.
     */
    INNER_CALL_FAILED,

    /**
     * {@code UNKNOWN}: something was thrown that nobody maps. {@code INTERNAL}, by a
     * client: a rule of the request's type cannot be evaluated.
     */
    FAILED,

    /** {@code RESOURCE_EXHAUSTED}, by a client: the request headers are too large. */
    METADATA_TOO_LARGE,

    /**
     * {@code UNAUTHENTICATED}, by a client: the authorization server grants no token.
     * {@code UNAVAILABLE} if it does not answer.
     */
    NO_TOKEN,

    /** {@code UNAVAILABLE}, by a client: the channel's target has no known address. */
    NO_ADDRESS,

    /** {@code UNAVAILABLE}, by a client: its application stops, or closed the channel. */
    CHANNEL_CLOSED,

    /**
     * {@code CANCELLED}, by a client: the thread that used its stream was interrupted.
     */
    INTERRUPTED,

    /** {@code CANCELLED}, by a client: it closed its stream before the end. */
    STREAM_CLOSED,

    /** {@code CANCELLED}, by a client: the server had enough before all was sent. */
    ENDED_EARLY,

    /** {@code INTERNAL}, by a client: no response, or more than the one. */
    WRONG_RESPONSE_COUNT;

    /** The {@code domain} of each {@code ErrorInfo} with such a reason. */
    public static final String DOMAIN = "rpcspring.io";

    /**
     * What else a status has that is given for this reason.
     * @param status code and text
     * @param more details beside the reason
     * @return trailers with the details, for {@link Status#asException(Metadata)}
     */
    public Metadata trailers(Status status, Message... more) {
        ErrorInfo info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(name()).build();
        String text = status.getDescription();
        Message[] details = Stream.concat(Stream.of(info), Stream.of(more)).toArray(Message[]::new);
        return RpcError.of(status.getCode(), (text != null) ? text : "", details).trailers();
    }

    StatusRuntimeException exception(Status status) {
        return status.asRuntimeException(trailers(status));
    }

    /**
     * Finds the reason of an error.
     * @param error what a call failed with
     * @return empty if the framework has not given its status, or by a reason that this
     * version does not know
     */
    public static Optional<RpcErrorReason> of(RpcError error) {
        return error.find(ErrorInfo.class)
            .filter((info) -> info.getDomain().equals(DOMAIN))
            .flatMap((info) -> Stream.of(values())
                .filter((reason) -> reason.name().equals(info.getReason()))
                .findFirst());
    }

}
