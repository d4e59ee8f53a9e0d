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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;

/**
 * A server in a JVM of its own, so that what it uses is its own, and a channel to it.
 */
final class ServerProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;

    private static final Pattern OURS = Pattern.compile("[/\\\\]classes$");

    private static final Pattern SPRING_BOOTS = Pattern
        .compile("[/\\\\](spring-grpc-|spring-boot-(starter-)?grpc-)[^/\\\\]*$");

    /** What only tests need: an application pays for it when it has it. */
    private static final Pattern INTEGRATIONS = Pattern
        .compile("[/\\\\](spring-(security|cloud|web|websocket|webmvc|messaging)|grpc-xds|eureka|tomcat"
                + "|spring-boot-(starter-)?(security|oauth2|tomcat|web|websocket|servlet|http|jackson|freemarker"
                + "|micrometer-tracing|opentelemetry))"
                + "[^/\\\\]*$");

    /** What verifies tokens. */
    private static final Pattern SECURITY = Pattern
        .compile("[/\\\\](spring-security-(core|crypto|oauth2-(core|jose|resource-server))|spring-web)-\\d[^/\\\\]*$");

    private static final Pattern MICROMETERS = Pattern
        .compile("[/\\\\](micrometer-(core|registry)-|spring-boot-micrometer-|prometheus-)[^/\\\\]*$");

    private static final Pattern PROPAGATION = Pattern.compile("[/\\\\]context-propagation-[^/\\\\]*$");

    private static final Pattern PROTOVALIDATE = Pattern.compile("[/\\\\]protovalidate-[^/\\\\]*$");

    private final Variant variant;

    private final Process process;

    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

    private final Writer input;

    private volatile String lastWords = "";

    private final String target;

    private final ManagedChannel channel;

    /**
     * Starts a server and waits until it listens.
     * @param variant how to build it
     * @param jvmOptions options of its JVM
     */
    ServerProcess(Variant variant, List<String> jvmOptions) {
        this.variant = variant;
        this.process = start(variant, jvmOptions);
        Thread reader = new Thread(this::readOutput, variant.name());
        reader.setDaemon(true);
        reader.start();
        this.input = this.process.outputWriter();
        this.target = "localhost:" + lineAfter(BenchmarkServer.PORT);
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(this.target).usePlaintext().directExecutor();
        this.channel = (variant.wantsTokens() ? builder.intercept(SecuredBench.token()) : builder).build();
    }

    private static Process start(Variant variant, List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath(variant), BenchmarkServer.class.getName(), variant.name(), "0"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (variant.hasSecurity()) {
            builder.environment().put(SecuredBench.KEY, SecuredBench.key());
        }
        try {
            return builder.start();
        }
        catch (IOException ex) {
            throw new UncheckedIOException("Cannot start " + variant.name(), ex);
        }
    }

    /** Each starter without the other; both on the same transport. */
    private static String classPath(Variant variant) {
        Predicate<String> foreign = (variant.isOfSpringBoot() ? OURS : SPRING_BOOTS).asPredicate();
        Predicate<String> meters = variant.isMeasured() ? (entry) -> false : MICROMETERS.asPredicate();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(foreign.or(meters).negate())
            .filter((entry) -> !INTEGRATIONS.asPredicate().test(entry)
                    || (variant.hasSecurity() && SECURITY.asPredicate().test(entry)))
            .filter((entry) -> variant.isTraced() || !PROPAGATION.asPredicate().test(entry))
            .filter((entry) -> variant.hasProtovalidate() || !PROTOVALIDATE.asPredicate().test(entry))
            .collect(Collectors.joining(File.pathSeparator));
    }

    Variant variant() {
        return this.variant;
    }

    String target() {
        return this.target;
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

    /** Always, lest a server that logs much waits for its reader. */
    private void readOutput() {
        try (BufferedReader reader = this.process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(BenchmarkServer.PORT) || line.startsWith(BenchmarkServer.USAGE)) {
                    this.output.add(line);
                }
                else {
                    this.lastWords = line;
                }
            }
        }
        catch (IOException ex) {
            this.lastWords = ex.toString();
        }
    }

    private String lineAfter(String prefix) {
        try {
            String line = this.output.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line != null && line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        this.process.destroyForcibly();
        throw new IllegalStateException("No answer from '" + this.variant.name() + "', which last wrote: " + this.lastWords);
    }

    /** It ends when its input does, or is made to. */
    @Override
    public void close() {
        this.channel.shutdownNow();
        try {
            this.input.close();
            this.process.waitFor(5, TimeUnit.SECONDS);
        }
        catch (IOException ex) {
            // It has ended already.
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        finally {
            this.process.destroyForcibly();
        }
    }

}
