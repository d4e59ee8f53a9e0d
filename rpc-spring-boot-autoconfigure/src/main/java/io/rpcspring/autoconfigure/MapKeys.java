package io.rpcspring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Takes out of maps what an environment variable has put there a second time.
 * <p>
 * Spring knows the variable {@code RPC_SERVER_POOLS_MYREPORTS_SIZE} as that of the pool
 * {@code my-reports}, and takes it for one of another pool {@code myreports}, too.
 */
final class MapKeys {

    private MapKeys() {
    }

    static <T> Map<String, T> distinct(Map<String, T> map) {
        Map<String, T> distinct = new LinkedHashMap<>(map);
        distinct.keySet().removeIf((key) -> isSecond(key, map.keySet()));
        return distinct;
    }

    private static boolean isSecond(String key, Set<String> all) {
        return all.stream().anyMatch((other) -> !other.equals(key) && variable(other).equals(key));
    }

    private static String variable(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
    }

}
