package io.rpcspring.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.search.Search;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.Measured;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Compares docs/observability.md and the dashboard with a running application.
 */
class ObservabilityPageTests {

    private static final Path PAGE = Documentation.ROOT.resolve("docs/observability.md");

    private static final Path DASHBOARD = Documentation.ROOT.resolve("docs/grafana-dashboard.json");

    private static final Pattern ROW = Pattern
        .compile("(?m)^\\| `((?:grpc|rpc)\\.[a-z.]+)` \\| ([a-z]+) \\| ([^|]+) \\| ([^|]*) \\| [^|]+ \\|$");

    private static final Pattern NAMES = Pattern
        .compile("(?m)^\\| `([a-z]+\\.[a-z.]+)`[^|]* \\| ([^|]+) \\| `([a-z.]+)`[^|]* \\| ([^|]+) \\|$");

    private static final Pattern ALERT = Pattern.compile("(?m)^\\| [^|]+\\? \\| `((?:[^`])+)` \\| .*\\|$");

    private static final Pattern METRIC = Pattern.compile("\\b((?:grpc|rpc)_[a-z_]+)(?:\\{([^}]*)})?(?=[\\[)} ]|$)");

    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\"([^\"]*)\"");

    private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");

    private static final Pattern SAMPLE = Pattern.compile("(?m)^((?:grpc|rpc)_[a-z_]+)(?:\\{([^}]*)})? ");

    private static Measured application;

    @BeforeAll
    static void start() {
        application = run("micrometer");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    /** A call that is answered, and one of a method that nobody serves. */
    private static Measured run(String names) {
        Measured started = Measured.start(new MarkedPlaces(), "rpc.observability.names=" + names);
        MethodDescriptor<PlaceName, Place> unknown = PlacesGrpc.getFindMethod()
            .toBuilder()
            .setFullMethodName("places.v1.Places/Unknown")
            .build();
        for (MethodDescriptor<PlaceName, Place> method : List.of(PlacesGrpc.getFindMethod(), unknown)) {
            Flood.ends(Flood.start(1, started.channel(), method, PlaceName.newBuilder().setName("Zurich").build(),
                    CallOptions.DEFAULT));
        }
        await().until(() -> started.gauge("grpc.server.active") == 0
                && started.registry().find("grpc.server.received.bytes").summaries().size() == 2
                && served(started.registry()) == 2);
        return started;
    }

    /** A call is counted when it is no longer active. */
    private static long served(MeterRegistry registry) {
        return Search.in(registry)
            .name((name) -> name.equals("grpc.server") || name.equals("rpc.server.call.duration"))
            .timers()
            .stream()
            .mapToLong((timer) -> timer.count())
            .sum();
    }

    @Test
    void tableHasEveryMeter() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        rows(ROW).forEach((row) -> documented.put(row.group(1),
                row.group(2) + ", " + row.group(3) + ", " + row.group(4).replace("`", "").strip()));
        Map<String, String> expected = new TreeMap<>();
        for (Meter meter : application.registry().getMeters()) {
            String name = meter.getId().getName();
            String unit = unit(meter);
            String row = documented.getOrDefault(name, "");
            expected.merge(name,
                    type(meter) + ", " + ((unit != null) ? unit : row.replaceAll(".*?, (.*?), .*", "$1")) + ", "
                            + tags(meter.getId().getTags()),
                    (one, other) -> one.equals(other) ? one : one + " or " + other);
        }
        assertThat(byTags(documented)).isEqualTo(byTags(expected));
    }

    private static String type(Meter meter) {
        return switch (meter.getId().getType()) {
            case DISTRIBUTION_SUMMARY -> "summary";
            case TIMER, COUNTER, GAUGE -> meter.getId().getType().name().toLowerCase(Locale.ROOT);
            default -> throw new IllegalStateException(meter.getId().toString());
        };
    }

    /** What has none by itself counts what the page says. */
    private static String unit(Meter meter) {
        return (meter.getId().getType() == Meter.Type.TIMER) ? "seconds" : meter.getId().getBaseUnit();
    }

    private static Map<String, Set<String>> byTags(Map<String, String> meters) {
        Map<String, Set<String>> sorted = new TreeMap<>();
        meters.forEach((name, row) -> sorted.put(name, new TreeSet<>(List.of(row.split(",? +", -1)))));
        return sorted;
    }

    private static String tags(List<Tag> tags) {
        return tags.isEmpty() ? "none" : tags.stream().map(Tag::getKey).collect(Collectors.joining(", "));
    }

    @Test
    void bothSetsOfNamesAreTrue() throws IOException {
        try (Measured otel = run("otel")) {
            List<MatchResult> rows = rows(NAMES);
            assertThat(rows).hasSize(3);
            rows.forEach((row) -> {
                assertThat(keys(application, row.group(1))).isEqualTo(words(row.group(2)));
                assertThat(keys(otel, row.group(3))).isEqualTo(words(row.group(4)));
            });
            Set<String> others = names(application);
            others.removeAll(names(otel));
            assertThat(others).containsExactlyInAnyOrder("grpc.server", "grpc.client");
        }
    }

    private static Set<String> names(Measured measured) {
        return measured.registry()
            .getMeters()
            .stream()
            .map((meter) -> meter.getId().getName())
            .collect(Collectors.toCollection(HashSet::new));
    }

    private static Set<String> keys(Measured measured, String meter) {
        return words(tags(measured.registry().get(meter).meters().iterator().next().getId().getTags()));
    }

    private static Set<String> words(String list) {
        return new TreeSet<>(List.of(list.replace("`", "").split(", ", -1)));
    }

    private static List<MatchResult> rows(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(PAGE)).results().toList();
    }

    @Test
    void dashboardAsksForWhatThereIs() throws IOException {
        List<String> queries = JsonPath.read(Files.readString(DASHBOARD), "$.panels[*].targets[*].expr");
        assertThat(queries).hasSizeGreaterThan(10);
        queries.forEach(ObservabilityPageTests::assertAnswered);
    }

    @Test
    void alertsAskForWhatThereIs() throws IOException {
        List<MatchResult> alerts = rows(ALERT);
        assertThat(alerts).hasSize(10);
        alerts.forEach((alert) -> assertAnswered(alert.group(1)));
    }

    /** Its metrics, their labels, and the values that it asks for are there. */
    private static void assertAnswered(String query) {
        Set<String> labels = new HashSet<>();
        List<MatchResult> metrics = METRIC.matcher(BY.matcher(query).replaceAll("")).results().toList();
        assertThat(metrics).as(query).isNotEmpty();
        for (MatchResult metric : metrics) {
            List<Map<String, String>> series = series(metric.group(1));
            assertThat(series).as(metric.group(1)).isNotEmpty();
            series.forEach((labelled) -> labels.addAll(labelled.keySet()));
            Matcher matcher = MATCHER.matcher((metric.group(2) != null) ? metric.group(2) : "");
            while (matcher.find()) {
                String label = matcher.group(1);
                String value = matcher.group(3);
                // Prometheus adds the job.
                if (!label.equals("job")) {
                    assertThat(series).as(query).allMatch((labelled) -> labelled.containsKey(label));
                }
                if (matcher.group(2).equals("=")) {
                    assertThat(series).as(query).anyMatch((labelled) -> value.equals(labelled.get(label)));
                }
            }
        }
        BY.matcher(query).results().forEach((by) -> assertThat(labels).as(query).containsAll(words(by.group(1))));
    }

    private static List<Map<String, String>> series(String metric) {
        List<Map<String, String>> series = new ArrayList<>();
        SAMPLE.matcher(application.registry().scrape())
            .results()
            .filter((sample) -> sample.group(1).equals(metric))
            .forEach((sample) -> {
                Map<String, String> labels = new TreeMap<>();
                MATCHER.matcher((sample.group(2) != null) ? sample.group(2) : "")
                    .results()
                    .forEach((label) -> labels.put(label.group(1), label.group(3)));
                series.add(labels);
            });
        return series;
    }

}
