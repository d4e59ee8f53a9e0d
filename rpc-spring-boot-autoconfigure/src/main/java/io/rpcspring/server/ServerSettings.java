package io.rpcspring.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.handler.CallFailures;
import io.rpcspring.server.handler.HandlerSettings;

/**
 * How the server runs and ends its calls.
 *
 * @param grace how long calls in flight may take when the server stops
 * @param poolSize how many calls each pool runs at once, at least 1
 * @param requestAhead how many messages are requested ahead of a receiver, at least 1
 * @param interruptCancelled whether a cancelled call interrupts its handler
 * @param exceptionMappers map what services throw, in this order
 */
public record ServerSettings(Duration grace, int poolSize, int requestAhead, boolean interruptCancelled,
        List<ExceptionMapper> exceptionMappers) {

    HandlerSettings handlers(Executor streams) {
        List<Function<Throwable, @Nullable StatusException>> mappers = this.exceptionMappers.stream()
            .<Function<Throwable, @Nullable StatusException>>map((mapper) -> mapper::map)
            .toList();
        return new HandlerSettings(new CallFailures(mappers), this.requestAhead, this.interruptCancelled, streams);
    }

}
