package io.rpcspring;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * A failure with details: a server makes one and throws it, a client reads one.
 * <p>
 * Details are messages, such as those of {@code google.rpc}: {@code BadRequest},
 * {@code PreconditionFailure}, {@code RetryInfo}. They travel as all languages send them
 * (<a href="https://google.aip.dev/193">AIP-193</a>).
 *
 * <pre class="code">
 * throw RpcError.of(Code.NOT_FOUND, "No such place", ResourceInfo.newBuilder()....build()).asException();
 *
 * RpcError.from(ex).find(BadRequest.class).ifPresent(...)
 * </pre>
 *
 * @param code what kind of failure it is; never {@code OK}
 * @param message what humans read; empty if nothing was said
 * @param details what programs read
 */
public record RpcError(Status.Code code, String message, List<Any> details) {

    private static final Metadata.Key<byte[]> DETAILS = Metadata.Key.of("grpc-status-details-bin",
            Metadata.BINARY_BYTE_MARSHALLER);

    /**
     * Creates an error of details that are packed already.
     * @throws IllegalArgumentException if the code is {@code OK}
     */
    public RpcError {
        if (code == Status.Code.OK) {
            throw new IllegalArgumentException("OK is no error");
        }
        details = List.copyOf(details);
    }

    /**
     * Creates an error.
     * @param code what kind of failure it is
     * @param message what humans read
     * @param details what programs read; an {@link Any} is taken as it is
     * @return the error
     * @throws IllegalArgumentException if the code is {@code OK}
     */
    public static RpcError of(Status.Code code, String message, Message... details) {
        return new RpcError(code, message, Stream.of(details).map(RpcError::packed).toList());
    }

    private static Any packed(Message detail) {
        return (detail instanceof Any any) ? any : Any.pack(detail);
    }

    /**
     * Reads the error that ended a call.
     * @param thrown an exception with a status, or with such a one as a cause
     * @return the first status with its details, if it has any that can be read;
     * {@code UNKNOWN} without text if there is no status
     */
    public static RpcError from(Throwable thrown) {
        // Causes may lead back to one that was seen.
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (cause instanceof StatusException known) {
                return read(known.getStatus(), known.getTrailers());
            }
            if (cause instanceof StatusRuntimeException known) {
                return read(known.getStatus(), known.getTrailers());
            }
        }
        return of(Status.Code.UNKNOWN, "");
    }

    private static RpcError read(Status status, @Nullable Metadata trailers) {
        if (status.isOk()) {
            return of(Status.Code.UNKNOWN, "");
        }
        com.google.rpc.Status rich = rich((trailers != null) ? trailers.get(DETAILS) : null);
        String text = status.getDescription();
        return new RpcError(status.getCode(), (text != null) ? text : rich.getMessage(), rich.getDetailsList());
    }

    /** A peer may send what it likes. */
    private static com.google.rpc.Status rich(byte @Nullable [] sent) {
        try {
            return (sent != null) ? com.google.rpc.Status.parseFrom(sent) : com.google.rpc.Status.getDefaultInstance();
        }
        catch (InvalidProtocolBufferException ex) {
            return com.google.rpc.Status.getDefaultInstance();
        }
    }

    /**
     * Finds a detail by its type.
     * @param <M> the type
     * @param detail the type, such as {@code BadRequest.class}
     * @return the first of this type that can be read
     */
    public <M extends Message> Optional<M> find(Class<M> detail) {
        return this.details.stream().flatMap((any) -> unpacked(any, detail)).findFirst();
    }

    private static <M extends Message> Stream<M> unpacked(Any any, Class<M> detail) {
        try {
            return any.is(detail) ? Stream.of(any.unpack(detail)) : Stream.empty();
        }
        catch (InvalidProtocolBufferException ex) {
            return Stream.empty();
        }
    }

    /**
     * The error for those who throw it.
     * @return a new exception
     */
    public StatusException asException() {
        return status().asException(trailers());
    }

    /**
     * The error for those who may not throw checked exceptions.
     * @return a new exception
     */
    public StatusRuntimeException asRuntimeException() {
        return status().asRuntimeException(trailers());
    }

    private Status status() {
        return this.code.toStatus().withDescription(this.message.isEmpty() ? null : this.message);
    }

    Metadata trailers() {
        Metadata trailers = new Metadata();
        if (!this.details.isEmpty()) {
            trailers.put(DETAILS,
                    com.google.rpc.Status.newBuilder()
                        .setCode(this.code.value())
                        .setMessage(this.message)
                        .addAllDetails(this.details)
                        .build()
                        .toByteArray());
        }
        return trailers;
    }

}
