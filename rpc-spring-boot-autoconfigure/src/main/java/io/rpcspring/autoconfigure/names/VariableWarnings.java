package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.List;

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

    List<String> in(Findings findings) {
        List<String> warnings = new ArrayList<>();
        for (ConfiguredName name : findings.unknown()) {
            if (name.isVariable()) {
                warnings.add("No property belongs to the environment variable " + name.key() + ". Nearest: "
                        + VariableSearch.nearest(this.root, name.name()) + ".");
            }
        }
        for (Findings.Finding found : findings.known()) {
            String library = found.name().isVariable()
                    ? Integration.missing(found.property().known(), this.properties, this.classLoader) : null;
            if (library != null) {
                warnings.add("The environment variable " + found.name().key() + " needs " + library
                        + ", which is not on the class path.");
            }
        }
        return warnings;
    }

}
