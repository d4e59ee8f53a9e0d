package io.rpcspring.server.error;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How many bytes stand under each name, of which the largest go first.
 */
final class NamedSizes {

    private final Map<String, Long> sizes = new LinkedHashMap<>();

    void add(String name, long size) {
        this.sizes.merge(name, size, Long::sum);
    }

    long sum() {
        return this.sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Makes the rest fit.
     * @param room for how many bytes there is room
     * @param leaveOut lets a name go, if that is possible
     */
    void shrinkTo(long room, Predicate<String> leaveOut) {
        long size = sum();
        List<Map.Entry<String, Long>> largestFirst = new ArrayList<>(this.sizes.entrySet());
        largestFirst.sort(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()));
        for (Map.Entry<String, Long> largest : largestFirst) {
            if (size <= room) {
                return;
            }
            if (leaveOut.test(largest.getKey())) {
                size -= largest.getValue();
                this.sizes.remove(largest.getKey());
            }
        }
    }

}
