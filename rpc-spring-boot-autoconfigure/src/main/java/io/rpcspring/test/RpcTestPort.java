package io.rpcspring.test;

import java.util.function.IntSupplier;

import org.springframework.beans.factory.ObjectProvider;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.RpcServer;

/**
 * Tells tests the port of the server, or why there is none.
 */
final class RpcTestPort implements IntSupplier {

    static final String BEAN = "rpcTestPort";

    private final ObjectProvider<RpcServer> server;

    RpcTestPort(ObjectProvider<RpcServer> server) {
        this.server = server;
    }

    /**
     * Asked by {@link LocalRpcServerPort}.
     * @throws RpcConfigurationException if the server has no port
     */
    @Override
    public int getAsInt() {
        RpcServer running = this.server.getIfAvailable();
        if (running == null || !running.isRunning()) {
            throw new RpcConfigurationException(
                    "@LocalRpcServerPort asks for the port of the gRPC server, but none runs.",
                    "Mark a bean @RpcService, and remove rpc.server.enabled if it is false.");
        }
        if (running.port() < 0) {
            throw new RpcConfigurationException(
                    "@LocalRpcServerPort asks for the port of the gRPC server, but it has none: it is called within"
                            + " the JVM.",
                    "Set rpc.server.port=0 and remove @InProcessRpc, @RpcTest or rpc.server.in-process-name; or call"
                            + " the server through @RpcClient, which needs no port.");
        }
        return running.port();
    }

}
