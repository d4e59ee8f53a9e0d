package io.rpcspring.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;

import io.rpcspring.RpcError;
import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Order;
import io.rpcspring.benchmark.proto.Payload;

/**
 * Lets the official clients of other languages read our details, and reads theirs.
 */
final class OtherLanguages {

    /** Relative to the module, where Maven runs it. */
    private static final Path PROGRAMS = Path.of("src/jmh/clients");

    private static final List<String> EXPECTED = List.of(
            "INVALID_ARGUMENT | no such place | BadRequest name: is empty",
            "UNKNOWN | The server failed | ErrorInfo rpcspring.io/FAILED",
            "RESOURCE_EXHAUSTED | pool 'full' is full | ErrorInfo rpcspring.io/POOL_FULL | RetryInfo");

    private final String python;

    /**
     * Knows how to run the programs.
     * @param python a Python 3 that has grpcio and grpcio-status
     */
    OtherLanguages(String python) {
        this.python = python;
    }

    void run() throws IOException, InterruptedException {
        int port = StarterApplication.start(DetailedBench.class,
                List.of("rpc.server.services.[benchmark.Bench].methods.Download.pool=full",
                        "rpc.server.pools.full.size=1", "rpc.server.pools.full.queue-capacity=0"),
                0);
        ManagedChannel channel = channel(port);
        BenchGrpc.newBlockingStub(channel).download(Order.getDefaultInstance()).next();
        check("Python", List.of(this.python, "details.py"), port);
        check("Go", List.of("go", "run", "."), port);
        channel.shutdownNow();
    }

    private static ManagedChannel channel(int port) {
        return Grpc.newChannelBuilder("localhost:" + port, InsecureChannelCredentials.create()).build();
    }

    private static void check(String language, List<String> program, int port)
            throws IOException, InterruptedException {
        if (!isThere(program)) {
            System.out.println(language + ": skipped, '" + String.join(" ", program)
                    + " check' fails: the language or its gRPC libraries are not there");
            return;
        }
        List<String> read = output(program, "client", String.valueOf(port));
        System.out.println(language + ": " + (read.equals(EXPECTED) ? "reads our details" : "DIFFERS, it reads " + read));
        System.out.println(language + ": " + (isReadFrom(program) ? "we read its details" : "DIFFERS, we do not read its"));
    }

    private static boolean isThere(List<String> program) throws InterruptedException {
        try {
            Process check = start(program, "check");
            check.getErrorStream().transferTo(OutputStream.nullOutputStream());
            return check.waitFor() == 0;
        }
        catch (IOException ex) {
            return false;
        }
    }

    private static List<String> output(List<String> program, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(program, arguments);
        try (BufferedReader reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            process.waitFor(1, TimeUnit.MINUTES);
            return lines;
        }
    }

    private static boolean isReadFrom(List<String> program) throws IOException {
        Process server = start(program, "server");
        try (BufferedReader reader = server.inputReader()) {
            ManagedChannel channel = channel(Integer.parseInt(String.valueOf(reader.readLine())));
            try {
                BenchGrpc.newBlockingStub(channel).echo(Payload.getDefaultInstance());
                return false;
            }
            catch (StatusRuntimeException ex) {
                return RpcError.from(ex).equals(DetailedBench.OWN);
            }
            finally {
                channel.shutdownNow();
            }
        }
        finally {
            server.outputWriter().close();
            server.destroy();
        }
    }

    private static Process start(List<String> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(PROGRAMS.toFile()).start();
    }

}
