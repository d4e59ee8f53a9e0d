package io.rpcspring.words;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ObjectUtils;

/**
 * Shows settings by their property names, as a tree of maps with secrets masked.
 */
public final class SettingsTree {

    /** Metadata often carries tokens, and under any name. */
    private static final Set<String> SECRETS = Set.of("metadata", "bearer", "username", "password");

    private static final String MASK = "******";

    private SettingsTree() {
    }

    /**
     * The tree of a record.
     * @param settings the record, with records, maps and values below it
     * @return what is not set or empty is left out
     */
    public static Map<String, Object> of(Record settings) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            String key = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            put(tree, key, shown(value(settings, component), SECRETS.contains(key)));
        }
        return tree;
    }

    private static void put(Map<String, Object> tree, String key, @Nullable Object value) {
        if (value != null && !ObjectUtils.isEmpty(value)) {
            tree.put(key, value);
        }
    }

    private static @Nullable Object shown(@Nullable Object value, boolean secret) {
        if (value instanceof Record settings) {
            return of(settings);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> tree = new LinkedHashMap<>();
            map.forEach((key, entry) -> put(tree, String.valueOf(key), secret ? MASK : shown(entry, false)));
            return tree;
        }
        return (secret && value != null) ? MASK : value;
    }

    private static @Nullable Object value(Record settings, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(settings);
        }
        catch (IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("Cannot read " + component, ex);
        }
    }

}
