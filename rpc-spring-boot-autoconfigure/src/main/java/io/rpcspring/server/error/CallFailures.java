package io.rpcspring.server.error;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Maps what a handler throws to the status that its client gets.
 * <p>
 * A status exception, also as a cause, is passed on as it is. Then the application's
 * mappers are asked. What nobody knows, or a mapper fails at, becomes {@code UNKNOWN}
 * with a short id and no internals; the log has the same id with the stack trace, once.
 */
public final class CallFailures {

    private static final Log logger = LogFactory.getLog(CallFailures.class);

    private final List<Function<Throwable, @Nullable StatusException>> mappers;

    /**
     * Creates a mapping.
     * @param mappers the application's mappers, in order; the first answer wins
     */
    public CallFailures(List<Function<Throwable, @Nullable StatusException>> mappers) {
        this.mappers = mappers;
    }

    /**
     * The status of a failed call.
     * @param method the full name of the method
     * @param thrown what the handler threw
     * @return a status exception with what the client gets
     */
    public StatusException map(String method, Throwable thrown) {
        // A proxy wraps checked exceptions that the method does not declare.
        return (thrown instanceof UndeclaredThrowableException undeclared)
                ? mapDeclared(method, undeclared.getUndeclaredThrowable()) : mapDeclared(method, thrown);
    }

    private StatusException mapDeclared(String method, Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusException known) {
                return known;
            }
            if (cause instanceof StatusRuntimeException known) {
                return new StatusException(known.getStatus(), known.getTrailers());
            }
        }
        try {
            return this.mappers.stream()
                .map((mapper) -> mapper.apply(thrown))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> unknown(method, thrown));
        }
        catch (RuntimeException ex) {
            return unknown(method, new IllegalStateException("An ExceptionMapper failed: " + ex, thrown));
        }
    }

    private static StatusException unknown(String method, Throwable thrown) {
        String id = String.format("%08x", ThreadLocalRandom.current().nextInt());
        logger.error("Call of " + method + " failed, id " + id, thrown);
        return new StatusException(Status.UNKNOWN.withDescription("The server failed, id " + id), new Metadata());
    }

}
