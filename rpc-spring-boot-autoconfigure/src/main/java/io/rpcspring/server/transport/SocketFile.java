package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;

/**
 * What the file system knows of a Unix socket.
 *
 * @param path the file, which may be none, or no socket
 */
record SocketFile(Path path) {

    boolean exists() {
        return Files.exists(this.path, LinkOption.NOFOLLOW_LINKS);
    }

    boolean isSocket() {
        try {
            return attributes().isOther();
        }
        catch (IOException ex) {
            return false;
        }
    }

    /** What no other file has, whatever it is called; null if there is none. */
    @Nullable Object identity() {
        try {
            return attributes().fileKey();
        }
        catch (IOException ex) {
            return null;
        }
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    void remove() throws IOException {
        Files.deleteIfExists(this.path);
    }

    /** Whether somebody listens. */
    static boolean isInUse(UnixDomainSocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(address);
        }
        catch (IOException ex) {
            return false;
        }
    }

}
