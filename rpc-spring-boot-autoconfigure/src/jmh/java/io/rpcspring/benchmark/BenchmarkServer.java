package io.rpcspring.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The main class of a server's process: serves until its standard input ends.
 * <p>
 * It prints its port, and its {@link Usage} for each line that it reads. Its input ends
 * with the process that started it, so no server is ever left over.
 */
final class BenchmarkServer {

    static final String PORT = "port ";

    static final String USAGE = "usage ";

    private BenchmarkServer() {
    }

    public static void main(String[] args) throws IOException {
        int port = start(Variant.named(args[0]), Integer.parseInt(args[1]));
        System.out.println(PORT + port);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (input.readLine() != null) {
            System.out.println(USAGE + Usage.ofThisProcess().written());
        }
        System.exit(0);
    }

    private static int start(Variant variant, int port) throws IOException {
        return switch (variant.kind()) {
            case RAW -> RawServer.start(variant.threads(), port);
            case STARTER -> StarterApplication.start(StarterBench.class, variant.properties(), port);
            case OBSERVERS -> StarterApplication.start(ObserverBench.class, variant.properties(), port);
            case MICROMETER -> StarterApplication.start(MeasuredBench.class, variant.properties(), port);
            case TRACED -> StarterApplication.start(TracedBench.class, variant.properties(), port);
            case CHECKED -> StarterApplication.start(CheckedBench.class, variant.properties(), port);
            case SECURED -> StarterApplication.start(SecuredBench.class, variant.properties(), port);
            case SPRING_BOOT -> SpringBootApplication.start(port);
        };
    }

}
