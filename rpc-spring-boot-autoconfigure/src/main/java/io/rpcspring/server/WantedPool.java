package io.rpcspring.server;

import java.util.Map;
import java.util.function.Predicate;

import io.grpc.MethodDescriptor;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.words.Names;

/**
 * The pool that is to run a method: can it?
 *
 * @param name the pool's name
 * @param place where it is named
 * @param service the method's service
 * @param method the method
 */
record WantedPool(String name, String place, ServedService service, MethodDescriptor<?, ?> method) {

    /**
     * Lets only pools pass that can run the method.
     * @param pools all pools, by name
     * @param mayBlock whether a call may block its thread before it is the application's
     * @throws RpcConfigurationException if this one cannot, or does not exist
     */
    void require(Map<String, PoolSettings> pools, Predicate<MethodDescriptor<?, ?>> mayBlock) {
        PoolSettings settings = pools.get(this.name);
        if (settings == null) {
            throw new RpcConfigurationException(
                    this.place + " is '" + this.name + "', but there is no such pool. Pools: "
                            + Names.nearestFirst(this.name, pools.keySet()) + ".",
                    "Correct the name, or configure the pool, as in rpc.server.pools." + this.name + ".size: 16.");
        }
        if (settings.type() != PoolSettings.Type.DIRECT) {
            return;
        }
        if (this.service.holdsThread(this.method)) {
            throw stopsTheTransport();
        }
        if (mayBlock.test(this.method)) {
            throw isDirect(
                    "calls of " + this.method.getFullMethodName()
                            + " are authenticated first, which may block their thread: it would stop the transport.",
                    HandlerPools.DEFAULT);
        }
    }

    private RpcConfigurationException stopsTheTransport() {
        String why = this.method.getFullMethodName()
                + " is a streaming method of a plain object, which blocks its thread"
                + " while its stream lives: it would stop the transport.";
        if (this.name.equals(HandlerPools.STREAMS)) {
            return new RpcConfigurationException("rpc.server.pools.streams.type is direct, but " + why,
                    "Set rpc.server.pools.streams.type to auto, platform or virtual, or remove it.");
        }
        return isDirect(why, HandlerPools.STREAMS);
    }

    private RpcConfigurationException isDirect(String why, String better) {
        return new RpcConfigurationException(this.place + " is '" + this.name + "', a pool of type direct, but " + why,
                "Give the method a pool of another type, as in rpc.server.services.\"[" + this.service.name()
                        + "]\".methods." + this.method.getBareMethodName() + ".pool: " + better + ".");
    }

}
