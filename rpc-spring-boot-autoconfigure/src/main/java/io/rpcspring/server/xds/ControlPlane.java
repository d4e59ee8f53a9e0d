package io.rpcspring.server.xds;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.xds.XdsServerBuilder;
import io.grpc.xds.XdsServerCredentials;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.transport.TransportSettings.Mesh;

/**
 * Lets an xDS control plane decide who may call, and how connections are encrypted.
 * <p>
 * The port opens when the control plane has sent its listener. grpc-java would wait for
 * that for ever; here it has a time.
 */
public final class ControlPlane implements Mesh {

    /** Says how the listener of a server is called. */
    private static final String TEMPLATE = "\"server_listener_resource_name_template\": \"places/listener/%s\"";

    private final Duration patience;

    private final @Nullable Bootstrap bootstrap;

    private final MeshedPort port = new MeshedPort();

    /**
     * Asks nobody yet.
     * @param patience how long the start waits for the first answer
     * @param bootstrap says where it is; null where grpc-java's own variables and system
     * properties do
     */
    public ControlPlane(Duration patience, @Nullable Bootstrap bootstrap) {
        this.patience = patience;
        this.bootstrap = bootstrap;
    }

    @Override
    public Builders around(SocketAddress address, ServerCredentials credentials) {
        XdsServerBuilder builder = XdsServerBuilder.forAddress(address, XdsServerCredentials.create(credentials))
            .xdsServingStatusListener(this.port);
        if (this.bootstrap != null) {
            // Its name notwithstanding: a server has no other way to be told.
            builder.overrideBootstrapForTest(this.bootstrap.read());
        }
        return new Builders(builder, builder.transportBuilder());
    }

    @Override
    public void start(Server server) throws IOException {
        CompletableFuture<Void> started = new CompletableFuture<>();
        Thread thread = new Thread(() -> start(server, started), "rpc-xds-start");
        thread.setDaemon(true);
        thread.start();
        try {
            started.get(this.patience.toNanos(), TimeUnit.NANOSECONDS);
        }
        catch (TimeoutException ex) {
            server.shutdownNow();
            throw refusal("within " + this.patience.toMillis() + "ms" + this.port.because(), null);
        }
        catch (InterruptedException ex) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
            throw refusal("before the start was interrupted", ex);
        }
        catch (ExecutionException ex) {
            server.shutdownNow();
            throw failure(ex.getCause());
        }
    }

    private static void start(Server server, CompletableFuture<Void> started) {
        try {
            server.start();
            started.complete(null);
        }
        catch (IOException | RuntimeException ex) {
            started.completeExceptionally(ex);
        }
    }

    /** What is no affair of the control plane is the port's. */
    private static IOException failure(@Nullable Throwable cause) {
        Throwable inner = (cause instanceof IOException && cause.getCause() != null) ? cause.getCause() : null;
        if (inner != null && Status.fromThrowable(inner).getCode() == Status.Code.UNAVAILABLE) {
            String reason = String.valueOf(MeshedPort.innermost(inner));
            throw new RpcConfigurationException(
                    "rpc.server.xds.enabled is true, but the xDS bootstrap cannot be used: "
                            + reason.lines().findFirst().orElse("") + ".",
                    "Give rpc.client.xds.bootstrap what a server needs beside what channels do, such as " + TEMPLATE
                            + ", or remove rpc.server.xds.enabled.",
                    cause);
        }
        return (cause instanceof IOException failed) ? failed : new IOException(cause);
    }

    private static RpcConfigurationException refusal(String when, @Nullable Throwable cause) {
        return new RpcConfigurationException(
                "The xDS control plane has sent no listener for the gRPC server " + when + ".",
                "Have it send one whose name is the bootstrap's server_listener_resource_name_template with 0.0.0.0 and"
                        + " rpc.server.port, and whose address is the same; or give it more time with"
                        + " rpc.server.xds.start-timeout.",
                cause);
    }

    /**
     * Says where the control plane is.
     */
    public interface Bootstrap {

        /**
         * Reads it, each time the server starts.
         * @return the JSON as grpc-java's parser makes it
         */
        Map<String, ?> read();

    }

}
