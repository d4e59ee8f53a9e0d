package io.rpcspring.server;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.ResponseMetadata;
import io.rpcspring.server.handler.HandlerSettings;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.transport.Doors;

/**
 * How the server runs and ends its calls.
 *
 * @param shutdown how long the server takes to say goodbye
 * @param codecs what messages are compressed with
 * @param pools the handler pools
 * @param services the pools that configuration gives to services, by their full names
 * @param requestAhead how many messages are requested ahead of a receiver, at least 1
 * @param interruptCancelled whether a cancelled call interrupts its handler
 * @param responses how large headers and the end of a call may be
 * @param exceptionMappers map what services throw, in this order
 */
public record ServerSettings(ShutdownSettings shutdown, MessageCodecs codecs, Collection<PoolSettings> pools,
        Map<String, ServicePools> services, int requestAhead, boolean interruptCancelled, ResponseMetadata responses,
        List<ExceptionMapper> exceptionMappers) {

    HandlerSettings handlers(HandlerPools pools) {
        List<Function<Throwable, @Nullable StatusException>> mappers = this.exceptionMappers.stream()
            .<Function<Throwable, @Nullable StatusException>>map((mapper) -> mapper::map)
            .toList();
        return new HandlerSettings(new CallFailures(mappers), this.requestAhead, this.interruptCancelled, pools,
                Doors::runNext);
    }

}
