package io.rpcspring.server.error;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;

/**
 * Maps what a handler throws to the status that its client gets.
 * <p>
 * A status exception, also as a cause, is passed on as it is. Then the application's
 * mappers are asked. What nobody knows, a mapper that fails, and the status {@code OK},
 * which is no failure, become {@code UNKNOWN} with a short id and no internals; the log
 * has the same id with the stack trace, once.
 */
public final class CallFailures {

    private static final Log logger = LogFactory.getLog(CallFailures.class);

    /** For when no memory is left for another. */
    private static final CallEnd WITHOUT_ID = new CallEnd(Status.UNKNOWN.withDescription("The server failed"),
            new Metadata());

    private final OwnStatuses statuses;

    private final List<Function<Throwable, @Nullable StatusException>> mappers;

    /**
     * Creates a mapping.
     * @param statuses makes those that are the framework's own
     * @param mappers the application's mappers, in order; the first answer wins
     */
    public CallFailures(OwnStatuses statuses, List<Function<Throwable, @Nullable StatusException>> mappers) {
        this.statuses = statuses;
        this.mappers = List.copyOf(mappers);
    }

    /**
     * Makes the statuses of calls that fail without an exception.
     * @return what makes all of the framework's own
     */
    public OwnStatuses statuses() {
        return this.statuses;
    }

    /**
     * The status of a failed call. It throws nothing, whatever the exception, a mapper or
     * the log does.
     * @param method the full name of the method
     * @param thrown what the handler threw
     * @return what the client gets, never {@code OK}
     */
    public CallEnd map(String method, Throwable thrown) {
        try {
            return mapDeclared(method, declared(thrown));
        }
        catch (Throwable ex) {
            return unknown(method, thrown);
        }
    }

    /** A proxy wraps checked exceptions that the method does not declare. */
    private static Throwable declared(Throwable thrown) {
        Throwable undeclared = (thrown instanceof UndeclaredThrowableException wrapper)
                ? wrapper.getUndeclaredThrowable() : null;
        return (undeclared != null) ? undeclared : thrown;
    }

    private CallEnd mapDeclared(String method, Throwable thrown) {
        CallEnd given = given(thrown);
        if (given == null) {
            return askMappers(method, thrown);
        }
        return given.status().isOk()
                ? unknown(method, new IllegalStateException("The status OK was thrown, which is no failure", thrown))
                : given;
    }

    /** The first status among the exception and its causes. */
    private static @Nullable CallEnd given(Throwable thrown) {
        // Causes may lead back to one that was seen.
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (cause instanceof StatusException known) {
                return CallEnd.of(known);
            }
            if (cause instanceof StatusRuntimeException known) {
                return CallEnd.of(known);
            }
        }
        return null;
    }

    private CallEnd askMappers(String method, Throwable thrown) {
        StatusException answer;
        try {
            answer = this.mappers.stream()
                .map((mapper) -> mapper.apply(thrown))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        }
        catch (Throwable ex) {
            IllegalStateException both = new IllegalStateException("An ExceptionMapper failed", thrown);
            both.addSuppressed(ex);
            return unknown(method, both);
        }
        if (answer == null) {
            return unknown(method, thrown);
        }
        return answer.getStatus().isOk() ? unknown(method,
                new IllegalStateException("An ExceptionMapper answered the status OK, which is no failure", thrown))
                : CallEnd.of(answer);
    }

    private CallEnd unknown(String method, Throwable thrown) {
        try {
            String id = String.format("%08x", ThreadLocalRandom.current().nextInt());
            log("Call of " + method + " failed, id " + id, thrown);
            return this.statuses.of(RpcErrorReason.FAILED,
                    Status.UNKNOWN.withDescription("The server failed, id " + id));
        }
        catch (Throwable ex) {
            return WITHOUT_ID;
        }
    }

    private static void log(String line, Throwable thrown) {
        try {
            logger.error(line, thrown);
        }
        catch (Throwable ex) {
            logger.error(line + ": " + thrown.getClass().getName() + ", which cannot be printed: "
                    + ex.getClass().getName());
        }
    }

}
