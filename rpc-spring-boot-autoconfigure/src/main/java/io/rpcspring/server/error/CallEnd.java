package io.rpcspring.server.error;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * What a client gets at the end of its call.
 * <p>
 * Not an exception: a server that refuses thousands of calls fills in no stack traces.
 *
 * @param status code and text
 * @param trailers all else; belongs to the call
 */
public record CallEnd(Status status, Metadata trailers) {

    static CallEnd of(StatusException failure) {
        return of(failure.getStatus(), failure.getTrailers());
    }

    static CallEnd of(StatusRuntimeException failure) {
        return of(failure.getStatus(), failure.getTrailers());
    }

    /** Exceptions may be shared, so their trailers are copied. */
    private static CallEnd of(Status status, @Nullable Metadata given) {
        Metadata trailers = new Metadata();
        if (given != null) {
            trailers.merge(given);
        }
        return new CallEnd(status, trailers);
    }

    /**
     * The same for those who throw it.
     * @return an exception with status and trailers
     */
    public StatusException asException() {
        return new StatusException(this.status, this.trailers);
    }

    /**
     * The same for those who declare no exceptions.
     * @return an exception with status and trailers
     */
    public StatusRuntimeException asRuntimeException() {
        return new StatusRuntimeException(this.status, this.trailers);
    }

}
