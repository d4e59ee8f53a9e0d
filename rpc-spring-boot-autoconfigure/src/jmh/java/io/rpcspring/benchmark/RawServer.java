package io.rpcspring.benchmark;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * Wires a server by hand, as grpc-java's own documentation has it.
 */
final class RawServer {

    private static final int POOL_SIZE = 200;

    private RawServer() {
    }

    static int start(Variant.Threads threads, int port) throws IOException {
        ServerBuilder<?> builder = NettyServerBuilder.forPort(port).addService(new RawBench());
        switch (threads) {
            case CACHED -> {
            }
            case PLATFORM -> oneHop(builder, Executors.newFixedThreadPool(POOL_SIZE));
            case VIRTUAL -> oneHop(builder, virtualThreads());
            case BOUNDED -> builder
                .executor(new ThreadPoolExecutor(8, 8, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(16)));
            case DIRECT -> builder.directExecutor();
        }
        Server server = builder.build().start();
        return server.getPort();
    }

    private static void oneHop(ServerBuilder<?> builder, Executor executor) {
        builder.directExecutor().callExecutor(new ServerCallExecutorSupplier() {

            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
                return executor;
            }

        });
    }

    /** Through reflection: the bytecode is of Java 17. */
    private static Executor virtualThreads() {
        try {
            return (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        }
        catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("No virtual threads in Java " + Runtime.version(), ex);
        }
    }

}
