package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import javax.net.ssl.SSLException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.FewLines;

/**
 * Keeps what a peer can provoke from filling the log: one line each, and few of them.
 * <p>
 * grpc-java's transport writes a stack trace for each frame that breaks the protocol, so
 * that 5,000 frames of 50 bytes once made a log of 26 MiB. What it writes at INFO and
 * above goes through here. Stack traces are written at DEBUG, and so is what nobody has
 * done wrong: a client may give up a call, as when its deadline passes, and connections
 * break.
 */
final class PeerTrouble implements Filter {

    private static final Log logger = LogFactory.getLog(PeerTrouble.class);

    private static final String NETTY = "io.grpc.netty.shaded.io.grpc.netty.";

    /**
     * The loggers of grpc-java that write what peers provoke. The reference keeps them.
     */
    private static final List<Logger> SOURCES = List
        .of(NETTY + "NettyServerHandler", NETTY + "NettyServerStream", NETTY + "NettyServerTransport.connections",
                NETTY + "WriteBufferingAndExceptionHandler")
        .stream()
        .map(Logger::getLogger)
        .toList();

    /** What was not sent when a stream ended, which a client may do at any time. */
    private static final String LEFT = "Stream closed before write could take place";

    private static final int LONGEST = 300;

    private static final PeerTrouble HANDSHAKES = new PeerTrouble(null);

    private final FewLines lines = new FewLines(logger, "Clients of the gRPC server made trouble");

    private final @Nullable Filter before;

    private PeerTrouble(@Nullable Filter before) {
        this.before = before;
    }

    /** Listens to grpc-java, from the first server of the JVM on. */
    static synchronized void quieten() {
        for (Logger source : SOURCES) {
            if (!(source.getFilter() instanceof PeerTrouble)) {
                source.setFilter(new PeerTrouble(source.getFilter()));
            }
        }
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        if (this.before != null && !this.before.isLoggable(record)) {
            return false;
        }
        if (record.getLevel().intValue() < Level.INFO.intValue()) {
            return true;
        }
        Throwable thrown = record.getThrown();
        if (thrown != null && isNobodysFault(thrown)) {
            logger.debug("A client of the gRPC server left: " + thrown.getMessage(), thrown);
        }
        else {
            write(line(record), thrown);
        }
        return false;
    }

    /** Tells of a connection that could not be encrypted. */
    static void handshakeFailed(@Nullable SocketAddress peer, Throwable failure) {
        String from = (peer instanceof InetSocketAddress) ? peer.toString() : "a client";
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String what = String.valueOf(cause.getMessage());
        HANDSHAKES.write("The TLS handshake with " + from + " failed: " + printable(what) + hint(what), failure);
    }

    private void write(String line, @Nullable Throwable thrown) {
        if (logger.isDebugEnabled()) {
            logger.debug(line, thrown);
        }
        else {
            this.lines.warn(line);
        }
    }

    private static boolean isNobodysFault(Throwable thrown) {
        boolean lost = thrown instanceof IOException && !(thrown instanceof SSLException);
        return lost || (LEFT.equals(thrown.getMessage()) && thrown.getCause() == null);
    }

    private static String line(LogRecord record) {
        Throwable thrown = record.getThrown();
        String what = (thrown != null && thrown.getMessage() != null) ? thrown.getMessage() : record.getMessage();
        return "A client of the gRPC server broke the protocol: " + printable(what) + hint(what);
    }

    private static String printable(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return (line.length() > LONGEST) ? line.substring(0, LONGEST) + "..." : line;
    }

    private static String hint(String what) {
        if (what.contains("received bytes: 1603")) {
            return " (it speaks TLS, but rpc.server.ssl.bundle is not set)";
        }
        if (what.contains("not an SSL/TLS record")) {
            return " (it speaks plain text, but rpc.server.ssl.bundle is set)";
        }
        return "";
    }

}
