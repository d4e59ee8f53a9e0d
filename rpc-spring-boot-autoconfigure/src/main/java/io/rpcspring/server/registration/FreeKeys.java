package io.rpcspring.server.registration;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Leaves alone what the application itself has put into the metadata, such as the port
 * that a container is mapped to.
 *
 * @param taken the application's keys
 */
record FreeKeys(Set<String> taken) {

    /** All but those that there are by now. */
    static FreeKeys beside(@Nullable Map<String, String> metadata) {
        return new FreeKeys((metadata != null) ? Set.copyOf(metadata.keySet()) : Set.of());
    }

    Map<String, String> of(Map<String, String> ours) {
        Map<String, String> free = new TreeMap<>(ours);
        free.keySet().removeAll(this.taken);
        return free;
    }

}
