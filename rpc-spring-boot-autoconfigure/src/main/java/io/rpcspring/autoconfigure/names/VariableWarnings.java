package io.rpcspring.autoconfigure.names;

import java.util.stream.Stream;

import org.springframework.core.env.PropertyResolver;

/**
 * Finds environment variables that do nothing. Others write into the environment, too, so
 * that they do not stop the start.
 *
 * @param root where all names begin
 * @param properties has the values
 * @param classLoader has the libraries that are there
 */
record VariableWarnings(KnownName root, PropertyResolver properties, ClassLoader classLoader) {

    Stream<String> in(Findings findings) {
        Stream<String> unknown = findings.unknown()
            .stream()
            .filter(ConfiguredName::isVariable)
            .map((name) -> "No property belongs to the environment variable " + name.key() + ". Nearest: "
                    + VariableSearch.nearest(this.root, name.name()) + ".");
        Stream<String> idle = findings.known()
            .entrySet()
            .stream()
            .filter((found) -> found.getKey().isVariable())
            .flatMap((found) -> Integration.missing(found.getValue().known(), this.properties, this.classLoader)
                .map((missing) -> "The environment variable " + found.getKey().key() + " needs " + missing.library()
                        + ", which is not on the class path.")
                .stream());
        return Stream.concat(unknown, idle);
    }

}
