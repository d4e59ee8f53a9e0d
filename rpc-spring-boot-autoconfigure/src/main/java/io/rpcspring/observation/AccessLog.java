package io.rpcspring.observation;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes one line for each call that comes to the server, when it has ended.
 * <p>
 * It stands in the transport, where it sees calls that no interceptor does. The line is
 * written by the transport's thread: an appender that waits for a disk or a network would
 * hold it up, and is to be an asynchronous one.
 */
public final class AccessLog extends ServerStreamTracer.Factory {

    private static final Logger logger = LoggerFactory.getLogger("io.rpcspring.access");

    private static final ServerStreamTracer NOT_LOGGED = new ServerStreamTracer() {
    };

    private final Choice choice;

    private final Function<String, @Nullable String> poolOf;

    /**
     * Writes nothing yet.
     * @param choice which calls are logged
     * @param poolOf the name of a method's pool
     */
    public AccessLog(Choice choice, Function<String, @Nullable String> poolOf) {
        this.choice = choice;
        this.poolOf = poolOf;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return (logger.isInfoEnabled() && this.choice.isLogged(method)) ? new LoggedCall(this, method, headers)
                : NOT_LOGGED;
    }

    void ended(LoggedCall call, Status status, long nanos) {
        if (nanos < this.choice.slowerThanNanos()) {
            return;
        }
        Map<String, Object> fields = call.fields(status.getCode(), nanos, this.poolOf);
        StringBuilder line = new StringBuilder();
        LoggingEventBuilder event = logger.atInfo();
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            line.append(line.isEmpty() ? "" : " ").append(field.getKey()).append('=').append(field.getValue());
            event = event.addKeyValue(field.getKey(), field.getValue());
        }
        event.log(line.toString());
    }

    /**
     * Which calls are logged.
     *
     * @param slowerThanNanos how long a call lasts at least
     * @param sample the share of calls, from 0 to 1
     * @param without services whose calls are not logged
     */
    public record Choice(long slowerThanNanos, double sample, Set<String> without) {

        private boolean isLogged(String method) {
            String service = MethodDescriptor.extractFullServiceName(method);
            return (service == null || !this.without.contains(service))
                    && (this.sample >= 1 || ThreadLocalRandom.current().nextDouble() < this.sample);
        }

    }

}
