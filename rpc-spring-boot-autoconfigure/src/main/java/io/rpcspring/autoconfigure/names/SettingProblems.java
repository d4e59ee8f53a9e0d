package io.rpcspring.autoconfigure.names;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.core.env.PropertyResolver;

/**
 * Finds known properties whose value cannot be meant so.
 *
 * @param properties resolves placeholders
 * @param classLoader has the libraries that are there
 */
record SettingProblems(PropertyResolver properties, ClassLoader classLoader) {

    /** Looks at the values that win. */
    Stream<Problem> in(Findings findings) {
        Set<String> seen = new HashSet<>();
        return findings.known()
            .entrySet()
            .stream()
            .filter((found) -> seen.add(found.getValue().id()))
            .flatMap((found) -> in(found.getKey(), found.getValue().known()));
    }

    private Stream<Problem> in(ConfiguredName name, KnownName known) {
        String value = this.properties.resolvePlaceholders(String.valueOf(name.value())).strip();
        if (value.isEmpty()) {
            return known.mayBeEmpty() ? Stream.empty() : Stream
                .of(new Problem(name.key() + " is empty" + name.place() + ".", "Give it a value, or remove it."));
        }
        if (known.isOf(Duration.class) && value.matches("[+-]?0*[1-9]\\d*")) {
            return Stream.of(new Problem(name.key() + " is " + value + name.place() + ". " + value + " of what?",
                    "Write " + value + "s or " + value + "ms."));
        }
        return Integration.missing(known, this.properties, this.classLoader)
            .filter((missing) -> !name.isVariable())
            .map((missing) -> new Problem(
                    name.key() + " is set" + name.place() + ", but " + missing.library() + " is not on the class path.",

                    "Add the dependency " + missing.library() + ", or remove the property."))
            .stream();
    }

}
