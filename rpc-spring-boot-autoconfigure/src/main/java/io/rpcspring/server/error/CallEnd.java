package io.rpcspring.server.error;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
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

    /**
     * The same as an exception.
     * @param failure may be shared, so its trailers are copied
     * @return status and trailers
     */
    public static CallEnd of(StatusException failure) {
        return of(failure.getStatus(), failure.getTrailers());
    }

    static CallEnd of(Status status, @Nullable Metadata given) {
        return new CallEnd(status, new Metadata()).with(given);
    }

    /** With more trailers. */
    CallEnd with(@Nullable Metadata more) {
        if (more != null) {
            this.trailers.merge(more);
        }
        return this;
    }

    /** Whether it is no more than what an exception has become on its way. */
    public boolean isUnmapped() {
        return ThrownStatus.isWrapper(this.status) || ThrownStatus.isInner(this.status);
    }

    /** Not to be mapped again. */
    CallEnd mapped() {
        return isUnmapped() ? new CallEnd(this.status.withCause(null), this.trailers) : this;
    }

    /**
     * The same for those who throw it.
     * @return an exception with status and trailers
     */
    public StatusException asException() {
        return new StatusException(this.status, this.trailers);
    }

}
