package io.rpcspring.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;

/**
 * Makes settings fit to be shown, by Spring Boot's rules.
 *
 * @param sanitizer asks the application's {@code SanitizingFunction} beans
 * @param shown whether values may be shown; else each is a mask
 */
record SettingsMask(Sanitizer sanitizer, boolean shown) {

    Map<String, Object> tree(String prefix, Map<?, ?> settings) {
        Map<String, Object> tree = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            Object fit = value(prefix + "." + key, value);
            if (fit != null) {
                tree.put(String.valueOf(key), fit);
            }
        });
        return tree;
    }

    @Nullable Object value(String key, Object value) {
        if (value instanceof Map<?, ?> map) {
            return tree(key, map);
        }
        if (value instanceof List<?> list) {
            return list.stream().map((element) -> value(key, element)).toList();
        }
        Object plain = (value instanceof Number || value instanceof Boolean) ? value : String.valueOf(value);
        return this.sanitizer.sanitize(new SanitizableData(null, key, plain), this.shown);
    }

}
