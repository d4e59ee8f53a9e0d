package io.rpcspring.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;

/**
 * A server in a JVM of its own, so that what it uses is its own, and a channel to it.
 */
final class ServerProcess implements AutoCloseable {

    private final Variant variant;

    private final Process process;

    private final BufferedReader output;

    private final Writer input;

    private final ManagedChannel channel;

    /**
     * Starts a server and waits until it listens.
     * @param variant how to build it
     * @param jvmOptions options of its JVM
     */
    ServerProcess(Variant variant, List<String> jvmOptions) {
        this.variant = variant;
        this.process = start(variant, jvmOptions);
        this.output = this.process.inputReader();
        this.input = this.process.outputWriter();
        int port = Integer.parseInt(lineAfter(BenchmarkServer.PORT));
        this.channel = NettyChannelBuilder.forAddress("localhost", port).usePlaintext().directExecutor().build();
    }

    private static Process start(Variant variant, List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath(), BenchmarkServer.class.getName(), variant.name(), "0"));
        try {
            return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        }
        catch (IOException ex) {
            throw new UncheckedIOException("Cannot start " + variant.name(), ex);
        }
    }

    /** Without Spring Boot's own gRPC modules, which one benchmark compares with. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter((entry) -> !entry.contains("spring-boot-grpc"))
            .collect(Collectors.joining(File.pathSeparator));
    }

    Variant variant() {
        return this.variant;
    }

    ManagedChannel channel() {
        return this.channel;
    }

    Usage usage() {
        try {
            this.input.write("\n");
            this.input.flush();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(this.variant.name() + " does not answer", ex);
        }
        return Usage.read(lineAfter(BenchmarkServer.USAGE));
    }

    private String lineAfter(String prefix) {
        try {
            for (String line = this.output.readLine(); line != null; line = this.output.readLine()) {
                if (line.startsWith(prefix)) {
                    return line.substring(prefix.length());
                }
                System.out.println(this.variant.name() + ": " + line);
            }
        }
        catch (IOException ex) {
            throw new UncheckedIOException(this.variant.name() + " does not answer", ex);
        }
        throw new IllegalStateException("The server of '" + this.variant.name() + "' has ended");
    }

    @Override
    public void close() {
        this.channel.shutdownNow();
        this.process.destroyForcibly();
        try {
            this.process.waitFor(5, TimeUnit.SECONDS);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

}
