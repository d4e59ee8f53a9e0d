package io.rpcspring.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Replaces one server after the other: each says that it goes, goes five seconds later,
 * and its successor with another address comes after five more. Clients hear of each
 * change within a second.
 */
final class RollingRestart {

    private static final double EACH = 15;

    private static final double DELAY = 5;

    private static final double START = 5;

    private final SplittableRandom random;

    private final Subsets subsets;

    private final List<Set<Integer>> connected = new ArrayList<>();

    private final Map<Integer, Integer> counts = new HashMap<>();

    private final Set<Integer> known = new HashSet<>();

    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingDouble(Event::time));

    private double now;

    private int connects;

    RollingRestart(int seed) throws ReflectiveOperationException {
        this.random = new SplittableRandom(seed);
        this.subsets = new Subsets(Scaling.CLIENTS, Scaling.SUBSET, seed);
        IntStream.range(0, Scaling.SERVERS).forEach(this.known::add);
        for (int client = 0; client < Scaling.CLIENTS; client++) {
            this.connected.add(Set.of());
            hear(client);
        }
    }

    Panel run() {
        for (int i = 0; i < Scaling.SERVERS; i++) {
            int goes = i;
            int comes = Scaling.SERVERS + i;
            at(i * EACH, () -> change(() -> this.known.remove(goes)));
            at(i * EACH + DELAY + START, () -> change(() -> this.known.add(comes)));
        }
        List<double[]> fewest = new ArrayList<>();
        List<double[]> most = new ArrayList<>();
        int[] rates = new int[(int) (Scaling.SERVERS * EACH)];
        for (int second = 0; second < rates.length; second++) {
            int before = this.connects;
            while (!this.events.isEmpty() && this.events.peek().time() < second) {
                Event next = this.events.remove();
                this.now = next.time();
                next.action().run();
            }
            rates[second] = this.connects - before;
            // When a change has been heard by all, and the next has not come.
            if (second % EACH == EACH - 1 || second % EACH == DELAY) {
                int[] now = this.known.stream().mapToInt((server) -> this.counts.getOrDefault(server, 0)).toArray();
                fewest.add(new double[] { second / 60.0, IntStream.of(now).min().orElseThrow() });
                most.add(new double[] { second / 60.0, IntStream.of(now).max().orElseThrow() });
            }
        }
        Scaling.say("rolling restart of %d servers in %.0f s: from %.0f to %.0f connections a server all the time,"
                + " %d connections made, at most %d in a second", Scaling.SERVERS, Scaling.SERVERS * EACH,
                fewest.stream().mapToDouble((point) -> point[1]).min().orElseThrow(),
                most.stream().mapToDouble((point) -> point[1]).max().orElseThrow(), this.connects,
                IntStream.of(rates).max().orElseThrow());
        return new Panel("Connections a server while all restart, one after the other", "minutes", 25, 200,
                List.of(new Panel.Line("the one with most", most),
                        new Panel.Line("the one with fewest", fewest)));
    }

    private void at(double time, Runnable action) {
        this.events.add(new Event(time, action));
    }

    private void change(Runnable change) {
        change.run();
        for (int client = 0; client < Scaling.CLIENTS; client++) {
            int hears = client;
            at(this.now + this.random.nextDouble(), () -> hear(hears));
        }
    }

    private void hear(int client) {
        Set<Integer> before = this.connected.get(client);
        Set<Integer> after = this.subsets.of(client, this.known.stream().sorted().toList());
        for (int server : before) {
            if (!after.contains(server)) {
                this.counts.merge(server, -1, Integer::sum);
            }
        }
        for (int server : after) {
            if (!before.contains(server)) {
                this.counts.merge(server, 1, Integer::sum);
                this.connects++;
            }
        }
        this.connected.set(client, after);
    }

    /**
     * What happens at a time.
     *
     * @param time seconds
     * @param action what
     */
    private record Event(double time, Runnable action) {
    }

}
