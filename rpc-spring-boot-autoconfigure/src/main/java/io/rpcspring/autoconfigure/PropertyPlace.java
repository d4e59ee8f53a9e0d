package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A place in the configuration, by all the names that Spring has for it.
 * <p>
 * A key of capitals or hyphens is another one to Spring in brackets than without, and one
 * with underscores is in environment variables as if it had hyphens.
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
        String hyphens = key.replace('_', '-');
        List<String> forms = hyphens.matches("[A-Za-z0-9][A-Za-z0-9-]*")
                ? List.of("." + hyphens.toLowerCase(Locale.ROOT), "[" + key + "]") : List.of("[" + key + "]");
        boolean plain = forms.size() > 1 && key.equals(hyphens);
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
