package io.rpcspring.sample;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import org.springframework.stereotype.Component;

import io.rpcspring.server.RpcServerCustomizer;

/**
 * Counts what the server sees: its connections, its calls, and how many ran at once.
 */
@Component
class ServerGauge implements RpcServerCustomizer {

    private final AtomicInteger connections = new AtomicInteger();

    private final AtomicInteger calls = new AtomicInteger();

    private final AtomicInteger running = new AtomicInteger();

    private final AtomicInteger mostAtOnce = new AtomicInteger();

    @Override
    public void customize(ServerBuilder<?> builder) {
        builder.addTransportFilter(new ServerTransportFilter() {

            @Override
            public Attributes transportReady(Attributes attributes) {
                ServerGauge.this.connections.incrementAndGet();
                return attributes;
            }

        });
        builder.addStreamTracerFactory(new ServerStreamTracer.Factory() {

            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return callStarted();
            }

        });
    }

    private ServerStreamTracer callStarted() {
        this.calls.incrementAndGet();
        this.mostAtOnce.accumulateAndGet(this.running.incrementAndGet(), Math::max);
        return new ServerStreamTracer() {

            @Override
            public void streamClosed(Status status) {
                ServerGauge.this.running.decrementAndGet();
            }

        };
    }

    int connections() {
        return this.connections.get();
    }

    int calls() {
        return this.calls.get();
    }

    int mostAtOnce() {
        return this.mostAtOnce.get();
    }

}
