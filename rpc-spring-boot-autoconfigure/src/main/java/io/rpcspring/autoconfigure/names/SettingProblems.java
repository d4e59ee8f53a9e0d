package io.rpcspring.autoconfigure.names;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;

/**
 * Finds known properties whose value cannot be meant so.
 *
 * @param properties resolves placeholders
 * @param classLoader has the libraries that are there
 */
record SettingProblems(PropertyResolver properties, ClassLoader classLoader) {

    private static final Pattern BARE = Pattern.compile("[+-]?0*[1-9]\\d*");

    /** Looks at the values that win. */
    List<Problem> in(Findings findings) {
        List<Problem> problems = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Findings.Finding found : findings.known()) {
            Problem problem = seen.add(found.property().id()) ? in(found.name(), found.property().known()) : null;
            if (problem != null) {
                problems.add(problem);
            }
        }
        return problems;
    }

    private @Nullable Problem in(ConfiguredName name, KnownName known) {
        String text = String.valueOf(name.value()).strip();
        String value = text.contains("${") ? this.properties.resolvePlaceholders(text).strip() : text;
        if (value.isEmpty()) {
            return known.mayBeEmpty() ? null
                    : new Problem(name.key() + " is empty" + name.place() + ".", "Give it a value, or remove it.");
        }
        if (known.isOf(Duration.class) && BARE.matcher(value).matches()) {
            return new Problem(name.key() + " is " + value + name.place() + ". " + value + " of what?",
                    "Write " + value + "s or " + value + "ms.");
        }
        String library = name.isVariable() ? null : Integration.missing(known, this.properties, this.classLoader);
        return (library != null)
                ? new Problem(name.key() + " is set" + name.place() + ", but " + library + " is not on the class path.",
                        "Add the dependency " + library + ", or remove the property.")
                : null;
    }

}
