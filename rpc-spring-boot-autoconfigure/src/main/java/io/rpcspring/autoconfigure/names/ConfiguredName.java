package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A name that is set in one of the application's property sources.
 *
 * @param source where
 * @param key as it is written
 * @param name in its parts
 */
record ConfiguredName(EnumerablePropertySource<?> source, String key, WrittenName name) {

    /** All names below a root, the sources that win first. */
    static List<ConfiguredName> below(String root, ConfigurableEnvironment environment) {
        List<ConfiguredName> names = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> known) {
                for (String key : known.getPropertyNames()) {
                    if (key.regionMatches(true, 0, root, 0, root.length())) {
                        names.add(new ConfiguredName(known, key,
                                isOfVariables(known) ? WrittenName.ofVariable(key) : WrittenName.ofProperty(key)));
                    }
                }
            }
        }
        names.removeIf((configured) -> !configured.name().isBelow(root));
        return names;
    }

    private static boolean isOfVariables(EnumerablePropertySource<?> source) {
        return source instanceof SystemEnvironmentPropertySource;
    }

    boolean isVariable() {
        return isOfVariables(this.source);
    }

    @Nullable Object value() {
        return this.source.getProperty(this.key);
    }

    /** Where it stands: file, line and column if they are known. */
    String place() {
        Origin origin = OriginLookup.getOrigin(this.source, this.key);
        return " (" + ((origin != null && !isVariable()) ? origin : this.source.getName()) + ")";
    }

}
