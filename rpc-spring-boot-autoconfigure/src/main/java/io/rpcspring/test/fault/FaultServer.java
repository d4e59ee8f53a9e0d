package io.rpcspring.test.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.inprocess.InProcessServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Answers attempts in place of their server, or passes them on to it.
 * <p>
 * A server of its own, within the JVM: only a server can give an attempt just the end
 * that it would have, with details, trailers and a word to the retry policy.
 */
final class FaultServer {

    /** By which an attempt is known. */
    static final Metadata.Key<String> TICKET = Metadata.Key.of("rpc-fault", Metadata.ASCII_STRING_MARSHALLER);

    private final String name = "rpc-faults-" + UUID.randomUUID();

    private final Map<String, FaultyAttempt> expected = new ConcurrentHashMap<>();

    private final AtomicLong tickets = new AtomicLong();

    private final FaultTimer timer;

    /** Guarded by this. */
    private @Nullable Server running;

    FaultServer(FaultTimer timer) {
        this.timer = timer;
    }

    /** Where it listens from now on. */
    synchronized String name() {
        if (this.running == null) {
            try {
                this.running = InProcessServerBuilder.forName(this.name)
                    .directExecutor()
                    .fallbackHandlerRegistry(new AllMethods())
                    .build()
                    .start();
            }
            catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
        return this.name;
    }

    /** Lets an attempt in. */
    String ticket(FaultyAttempt attempt) {
        String ticket = String.valueOf(this.tickets.incrementAndGet());
        this.expected.put(ticket, attempt);
        return ticket;
    }

    private ServerCall.Listener<byte[]> start(ServerCall<byte[], byte[]> call, Metadata headers) {
        FaultyAttempt attempt = Objects.requireNonNull(this.expected.remove(headers.get(TICKET)));
        headers.discardAll(TICKET);
        ProxiedAttempt proxied = new ProxiedAttempt(call, headers, attempt, this.timer);
        if (attempt.plan().delay().isZero()) {
            proxied.begin();
        }
        else {
            this.timer.runAfter(attempt.plan().delay(), proxied::begin);
        }
        return proxied;
    }

    synchronized void close() {
        this.expected.clear();
        if (this.running != null) {
            this.running.shutdownNow();
        }
    }

    /** Takes attempts of whatever method. */
    private final class AllMethods extends HandlerRegistry {

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String method, @Nullable String authority) {
            return ServerMethodDefinition.create(Bytes.method(method, MethodType.UNKNOWN), FaultServer.this::start);
        }

    }

}
