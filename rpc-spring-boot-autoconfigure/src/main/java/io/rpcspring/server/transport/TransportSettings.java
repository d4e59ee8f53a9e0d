package io.rpcspring.server.transport;

import java.util.function.Consumer;

import io.grpc.ServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How connections are made and kept, whatever they come through.
 *
 * @param limits what one connection may do
 * @param timing sets what grpc-java's builder knows of all transports: keep-alive, ages,
 * sizes
 * @param eventLoopThreads how many threads read and write; 0 for as many as processors,
 * shared by all servers and channels of the JVM
 * @param tls how connections are encrypted; {@code null} for plain text
 */
public record TransportSettings(TransportLimits limits, Consumer<ServerBuilder<?>> timing, int eventLoopThreads,
        @Nullable ServerTls tls) {
}
