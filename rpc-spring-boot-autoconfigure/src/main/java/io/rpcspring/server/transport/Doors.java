package io.rpcspring.server.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.grpc.ServerBuilder;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * The ways into the server, at least one.
 *
 * @param network where to listen on the network, if there
 * @param unixSocket the file to listen on, if one
 * @param inProcessName the name to be found by within the JVM, if one is configured
 * @param inProcess ways that nobody has configured
 * @param settings how connections from outside the JVM are made and kept
 */
public record Doors(@Nullable ListenAddress network, @Nullable UnixSocket unixSocket, @Nullable String inProcessName,
        List<InProcessDoor> inProcess, TransportSettings settings) {

    public Doors {
        if (inProcessName != null && !InProcessDoor.isPossible()) {
            throw new RpcConfigurationException(
                    "rpc.server.in-process-name is '" + inProcessName
                            + "', but the in-process transport is not on the class path.",
                    "Add the dependency io.grpc:grpc-inprocess, or remove rpc.server.in-process-name.");
        }
    }

    /**
     * Runs a task on the transport's thread when that has done what it is at, such as
     * reading what has come and writing what is queued; at once if this is no thread of a
     * transport, and for calls that are made within the JVM.
     * @param task what to run; must not block
     */
    public static void runNext(Runnable task) {
        Turn.runNext(task);
    }

    /**
     * Whether sockets are those of the operating system.
     * @return false for the JDK's, which is slower
     */
    public static boolean areNative() {
        return NettyTransport.isNative();
    }

    /**
     * Whether somebody outside decides about calls, too.
     * @return true if an interceptor is added when the server is built
     */
    public boolean areMeshed() {
        return this.settings.mesh() != null;
    }

    /**
     * Opens all doors, or none.
     * @param portBefore the port that an earlier server had, which is taken again if any
     * will do and it is free; 0 for none
     * @param configure sets services and threads, once for each door
     * @return what listens
     * @throws RpcConfigurationException if one cannot be opened
     */
    public OpenDoors open(int portBefore, Consumer<ServerBuilder<?>> configure) {
        PeerTrouble.quieten();
        List<Door> open = new ArrayList<>();
        try {
            if (this.inProcess.stream().noneMatch(InProcessDoor::alone)) {
                openConfigured(open, portBefore, configure);
            }
            for (InProcessDoor door : this.inProcess) {
                open.add(Door.inProcess(door.name(), "", this.settings, configure));
            }
            return new OpenDoors(open);
        }
        catch (RuntimeException ex) {
            OpenDoors opened = new OpenDoors(open);
            opened.shutdownNow();
            opened.close();
            throw ex;
        }
    }

    private void openConfigured(List<Door> open, int portBefore, Consumer<ServerBuilder<?>> configure) {
        if (this.network != null) {
            open.add(onNetwork(this.network, portBefore, configure));
        }
        if (this.unixSocket != null) {
            open.add(Door.onUnixSocket(this.unixSocket, this.settings, configure));
        }
        if (this.inProcessName != null) {
            open.add(Door.inProcess(this.inProcessName, "rpc.server.in-process-name", this.settings, configure));
        }
    }

    private Door onNetwork(ListenAddress address, int portBefore, Consumer<ServerBuilder<?>> configure) {
        if (address.port() == 0 && portBefore > 0) {
            try {
                return Door.onNetwork(new ListenAddress(address.host(), portBefore), this.settings, configure);
            }
            catch (RpcConfigurationException ex) {
                // Somebody else has it by now, and any other will do.
            }
        }
        return Door.onNetwork(address, this.settings, configure);
    }

}
