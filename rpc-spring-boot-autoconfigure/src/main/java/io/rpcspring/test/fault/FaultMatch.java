package io.rpcspring.test.fault;

import java.util.Objects;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Says which calls a fault concerns.
 *
 * @param channel whose attempts; null for the calls of the server
 * @param service the full name of the only service; null for all
 * @param method the full name of the only method; null for all
 * @param headers what the headers must be like
 */
public record FaultMatch(@Nullable String channel, @Nullable String service, @Nullable String method,
        Predicate<Metadata> headers) {

    /** How the names of services begin that come with gRPC itself. */
    private static final String OWN = "grpc.";

    /**
     * All calls of the server.
     * @return a match to be narrowed
     */
    public static FaultMatch onServer() {
        return new FaultMatch(null, null, null, (headers) -> true);
    }

    /**
     * All attempts of a channel.
     * @param channel its name
     * @return a match to be narrowed
     */
    public static FaultMatch onClient(String channel) {
        return new FaultMatch(channel, null, null, (headers) -> true);
    }

    /**
     * With another service.
     * @param fullName the full name of the only service
     * @return a changed copy
     */
    public FaultMatch withService(String fullName) {
        return new FaultMatch(this.channel, fullName, this.method, this.headers);
    }

    /**
     * With another method.
     * @param fullName the full name of the only method
     * @return a changed copy
     */
    public FaultMatch withMethod(String fullName) {
        return new FaultMatch(this.channel, this.service, fullName, this.headers);
    }

    /**
     * With one more condition.
     * @param more what the headers must be like, too
     * @return a changed copy
     */
    public FaultMatch withHeaders(Predicate<Metadata> more) {
        return new FaultMatch(this.channel, this.service, this.method, this.headers.and(more));
    }

    boolean concerns(@Nullable String calledThrough, MethodDescriptor<?, ?> called, Metadata sent) {
        return Objects.equals(this.channel, calledThrough) && isNamed(called) && this.headers.test(sent);
    }

    private boolean isNamed(MethodDescriptor<?, ?> called) {
        if (this.service == null && this.method == null) {
            return !called.getFullMethodName().startsWith(OWN);
        }
        return (this.service == null || this.service.equals(called.getServiceName()))
                && (this.method == null || this.method.equals(called.getFullMethodName()));
    }

}
