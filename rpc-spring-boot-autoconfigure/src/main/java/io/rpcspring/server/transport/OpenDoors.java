package io.rpcspring.server.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Server;

/**
 * What listens while the server runs.
 */
public final class OpenDoors {

    private final List<Door> doors;

    /** What a door leaves behind may be a successor's by the second time. */
    private final AtomicBoolean closed = new AtomicBoolean();

    OpenDoors(List<Door> doors) {
        this.doors = List.copyOf(doors);
    }

    /**
     * The port on the network.
     * @return a port from 1 to 65535, or -1 if the server does not listen on the network
     */
    public int port() {
        return this.doors.stream().mapToInt(Door::port).max().orElse(Door.NO_PORT);
    }

    /**
     * Closes the doors: nobody new comes in, and who is in is told to go when ready.
     */
    public void shutdown() {
        this.doors.forEach((door) -> door.server().shutdown());
        if (this.closed.compareAndSet(false, true)) {
            this.doors.forEach((door) -> door.closed().run());
        }
    }

    /** Closes the doors and cuts off who is in. */
    public void shutdownNow() {
        shutdown();
        this.doors.forEach((door) -> door.server().shutdownNow());
    }

    /** Lets go of the transport's own threads. Call it last. */
    public void close() {
        this.doors.forEach((door) -> door.ended().run());
    }

    /**
     * Waits until the last connection has ended.
     * @param patience how long to wait
     * @return whether it has
     */
    public boolean ended(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (Door door : this.doors) {
                if (!ended(door.server(), end - System.nanoTime())) {
                    return false;
                }
            }
            return true;
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits until the last connection has ended, however long it takes. */
    public void awaitEnd() {
        try {
            for (Door door : this.doors) {
                door.server().awaitTermination();
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ended(Server server, long nanos) throws InterruptedException {
        return server.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * The addresses as the log prints them.
     * @return one for each door
     */
    public List<String> names() {
        return this.doors.stream().map(Door::name).toList();
    }

    /** The addresses as the log prints them. */
    @Override
    public String toString() {
        return String.join(", ", names());
    }

}
