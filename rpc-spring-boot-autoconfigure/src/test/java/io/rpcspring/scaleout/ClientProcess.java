package io.rpcspring.scaleout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The application that calls, in a JVM that is told how to resolve names.
 */
final class ClientProcess implements Client {

    private static final Pattern LINE = Pattern.compile("calls: (\\d+) \\[(.*?)] \\[(.*)]");

    private final Process process;

    private volatile Matcher last = LINE.matcher("calls: 0 [] []");

    private ClientProcess(Process process) {
        this.process = process;
        this.last.matches();
        Thread reader = new Thread(() -> read(process.inputReader()), "client-process");
        reader.setDaemon(true);
        reader.start();
    }

    static ClientProcess start(List<String> options, String... properties) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(CallingApplication.class.getName());
        Stream.of(properties).map((property) -> "--" + property).forEach(command::add);
        try {
            return new ClientProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void read(BufferedReader lines) {
        try {
            lines.lines().forEach((line) -> {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    this.last = matcher;
                }
                else {
                    System.out.println("client process: " + line);
                }
            });
        }
        catch (UncheckedIOException ex) {
            // It has ended.
        }
    }

    @Override
    public Set<String> servers() {
        return new TreeSet<>(list(this.last.group(2)));
    }

    @Override
    public long answered() {
        return Long.parseLong(this.last.group(1));
    }

    @Override
    public List<String> failures() {
        return list(this.last.group(3));
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(", "));
    }

    @Override
    public void close() {
        this.process.destroyForcibly();
    }

}
