package io.rpcspring.server.error;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;

/**
 * Maps what a handler throws to the status that its client gets.
 * <p>
 * A status that the handler itself has made, also as a cause, is passed on as it is. All
 * else, with the status of a call that the handler has made among it, is what the
 * application's mappings are asked about. What nobody knows, a mapping that fails, and
 * the status {@code OK}, which is no failure, become a short id and no internals; the log
 * has the same id with the stack trace, once.
 */
public final class CallFailures {

    private final OwnStatuses statuses;

    private final UnknownFailures unknown;

    private final boolean passOn;

    private final List<Mapping> mappings;

    /**
     * Creates a mapping.
     * @param statuses makes those that are the framework's own
     * @param settings what clients are told
     * @param mappings the application's, in order; the first answer wins
     */
    public CallFailures(OwnStatuses statuses, FailureSettings settings, List<Mapping> mappings) {
        this.statuses = statuses;
        this.unknown = new UnknownFailures(statuses, settings.includeMessage());
        this.passOn = settings.passOnClientFailures();
        this.mappings = List.copyOf(mappings);
    }

    /**
     * Makes the statuses of calls that fail without an exception.
     * @return what makes all of the framework's own
     */
    public OwnStatuses statuses() {
        return this.statuses;
    }

    /**
     * The end of a failed call. It throws nothing, whatever the exception, a mapping or
     * the log does.
     * @param call the call
     * @param thrown what the handler threw
     * @return what the client gets, with the call's own trailers; never {@code OK}
     */
    public CallEnd map(RpcContext call, Throwable thrown) {
        CallEnd end;
        try {
            end = mapDeclared(call, declared(thrown));
        }
        catch (Throwable ex) {
            end = this.unknown.failed(call, thrown);
        }
        return end.with(call.responseTrailers());
    }

    /**
     * The end of a call whose context is cancelled, by its deadline or by an interceptor.
     * @param call the call
     * @param context no longer active
     * @return what the client gets; never {@code OK}
     */
    public CallEnd cancelled(RpcContext call, Context context) {
        Throwable cause = context.cancellationCause();
        return (cause != null && ThrownStatus.in(cause) != null) ? map(call, cause) : this.statuses.cancelled(context);
    }

    /** A proxy wraps checked exceptions that the method does not declare. */
    private static Throwable declared(Throwable thrown) {
        Throwable undeclared = (thrown instanceof UndeclaredThrowableException wrapper)
                ? wrapper.getUndeclaredThrowable() : null;
        return (undeclared != null) ? undeclared : thrown;
    }

    private CallEnd mapDeclared(RpcContext call, Throwable thrown) {
        ThrownStatus given = ThrownStatus.in(thrown);
        if (given == null || given.isInner()) {
            return askMappings(call, thrown, given);
        }
        return given.status().isOk() ? mistake(call, "The status OK was thrown, which is no failure", thrown)
                : given.end();
    }

    private CallEnd askMappings(RpcContext call, Throwable thrown, @Nullable ThrownStatus inner) {
        for (Mapping mapping : this.mappings) {
            CallEnd answer = ask(mapping, call, thrown);
            if (answer != null) {
                return answer.mapped();
            }
        }
        if (inner == null) {
            return this.unknown.failed(call, thrown);
        }
        return this.passOn ? inner.end().mapped() : this.unknown.innerFailed(call, thrown, inner.status());
    }

    private @Nullable CallEnd ask(Mapping mapping, RpcContext call, Throwable thrown) {
        try {
            CallEnd answer = mapping.map(thrown, call);
            return (answer != null && answer.status().isOk())
                    ? mistake(call, mapping + " answered the status OK, which is no failure", thrown) : answer;
        }
        catch (Throwable ex) {
            IllegalStateException both = new IllegalStateException(mapping + " failed", thrown);
            both.addSuppressed(ex);
            return this.unknown.failed(call, both);
        }
    }

    private CallEnd mistake(RpcContext call, String what, Throwable thrown) {
        return this.unknown.failed(call, new IllegalStateException(what, thrown));
    }

    /**
     * What the application says about exceptions. It says who it is to the log.
     */
    public interface Mapping {

        /**
         * Maps an exception.
         * @param thrown what was thrown
         * @param call the call that failed
         * @return what the client gets; null if it is for others to say
         * @throws Throwable what it likes, which is a mistake
         */
        @Nullable CallEnd map(Throwable thrown, RpcContext call) throws Throwable;

    }

}
