package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A place in the configuration, by all the names that Spring has for it.
 * <p>
 * A key of capitals or hyphens is another one to Spring in brackets than without.
 *
 * @param text what messages call it
 * @param prefixes what Spring calls it
 */
record PropertyPlace(String text, List<String> prefixes) {

    static PropertyPlace of(String prefix) {
        return new PropertyPlace(prefix, List.of(prefix));
    }

    /** The place of a key in a map of this place. */
    PropertyPlace below(String map, String key) {
        boolean plain = key.matches("[A-Za-z0-9][A-Za-z0-9-]*");
        List<String> forms = plain ? List.of("." + key.toLowerCase(Locale.ROOT), "[" + key + "]")
                : List.of("[" + key + "]");
        return new PropertyPlace(this.text + "." + map + (plain ? "." + key : "[" + key + "]"),
                this.prefixes.stream()
                    .flatMap((prefix) -> forms.stream().map((form) -> prefix + "." + map + form))
                    .toList());
    }

    /** The names of a property here. */
    Stream<String> names(String property) {
        return this.prefixes.stream().map((prefix) -> prefix + "." + property);
    }

}
