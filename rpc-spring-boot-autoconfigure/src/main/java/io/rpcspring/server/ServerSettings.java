package io.rpcspring.server;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.CallRules;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.call.MessageCodecs;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.handler.HandlerSettings;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.pool.PoolStatistics.PoolObserver;
import io.rpcspring.server.pool.RunSettings;
import io.rpcspring.server.pool.ThreadLocals;
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
 * @param errors what clients are told of failures
 * @param threadLocals carries what application code leaves on a thread; null if nothing
 * can be there
 * @param links integrations that stand in the way of every call
 * @param poolObserver is told what happens in the pools
 * @param endNote adds to the end of each call; null if nothing is to be added
 */
public record ServerSettings(ShutdownSettings shutdown, MessageCodecs codecs, Collection<PoolSettings> pools,
        Map<String, ServicePools> services, int requestAhead, boolean interruptCancelled, ErrorSettings errors,
        @Nullable ThreadLocals threadLocals, List<ChainLink> links, PoolObserver poolObserver,
        CallRules.@Nullable EndNote endNote) {

    HandlerPools newPools() {
        return new HandlerPools(this.pools,
                new RunSettings(this.interruptCancelled, this.threadLocals, Doors::runNext, this.poolObserver));
    }

    HandlerSettings handlers(HandlerPools running, CallFailures failures) {
        return new HandlerSettings(failures, this.requestAhead, running, Doors::runNext, this.threadLocals);
    }

}
