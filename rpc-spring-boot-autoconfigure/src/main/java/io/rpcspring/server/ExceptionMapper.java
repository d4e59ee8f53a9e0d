package io.rpcspring.server;

import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Maps an exception of the application to the status that the client gets.
 * <p>
 * Beans of this type are asked in {@code @Order} about what a service throws; the first
 * answer that is not {@code null} wins. Status exceptions never come here, also not as a
 * cause: the client gets them as they are. What no mapper knows becomes {@code UNKNOWN}
 * with an id, and an ERROR in the log with the same id. Mappers run on the thread that
 * the call failed on, many at once.
 */
@FunctionalInterface
public interface ExceptionMapper {

    /**
     * Maps an exception.
     * @param thrown what the service threw
     * @return what the client gets, with its trailers, or {@code null} to leave the
     * exception to the next mapper
     */
    @Nullable StatusException map(Throwable thrown);

}
