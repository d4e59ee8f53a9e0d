package io.rpcspring.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Offers up to three times what the handlers can do, and counts what is answered in time.
 * <p>
 * The handlers share four connections, which each call needs for 50 ms: 80 calls a second
 * are all that can be done. A client asks once a second and waits a second.
 */
record Overload(Options options) {

    private static final int PAUSE_MS = 50;

    private static final double CAPACITY = Pause.SCARCE * 1000.0 / PAUSE_MS;

    private static final double[] LEVELS = { 0.5, 0.75, 1, 1.25, 1.5, 2, 3 };

    void run() throws IOException {
        Map<String, List<GoodputPlot.Point>> lines = new LinkedHashMap<>();
        List<String> rows = new ArrayList<>();
        rows.add("server,offered,goodput,refused,late,failed,resident MiB before,resident MiB after,threads");
        for (Variant variant : Variant.IN_OVERLOAD) {
            for (double level : LEVELS) {
                // The minute is for twice the capacity, the others are there for the
                // picture.
                int seconds = (level == 2) ? this.options.seconds() : Math.max(1, this.options.seconds() / 3);
                try (ServerProcess server = new ServerProcess(variant, this.options.jvmOptions())) {
                    Usage before = server.usage();
                    Crowd crowd = new Crowd(server.channel(), (int) (level * CAPACITY), PAUSE_MS);
                    crowd.callFor(seconds);
                    Usage after = server.usage();
                    double goodput = crowd.answered() / (double) seconds;
                    lines.computeIfAbsent(variant.name(), (key) -> new ArrayList<>())
                        .add(new GoodputPlot.Point(level * CAPACITY, goodput));
                    rows.add(String.format(Locale.ROOT, "\"%s\",%.0f,%.1f,%.1f,%.1f,%.1f,%d,%d,%d", variant.name(),
                            level * CAPACITY, goodput, crowd.refused() / (double) seconds,
                            crowd.late() / (double) seconds, crowd.failed() / (double) seconds,
                            before.residentKib() / 1024, after.residentKib() / 1024, after.threads()));
                    System.out.println(rows.get(rows.size() - 1));
                }
            }
        }
        Files.write(Path.of("target", "goodput.csv"), rows);
        Files.writeString(Path.of("target", "goodput.svg"), new GoodputPlot(CAPACITY, lines).svg());
    }

}
