package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the names of a configuration are the names of.
 *
 * @param known those that are one of a property, the sources that win first
 * @param unknown those that are not
 */
record Findings(Map<ConfiguredName, FoundName> known, List<ConfiguredName> unknown) {

    static Findings of(Collection<ConfiguredName> names, KnownName root) {
        Map<ConfiguredName, @Nullable FoundName> found = new HashMap<>();
        names.stream().filter((name) -> !name.isVariable()).forEach((name) -> {
            FoundName property = new PropertySearch(root).find(name.name());
            found.put(name, property);
            if (property != null) {
                property.keys().forEach((key) -> key.map().keys().add(key.part()));
            }
        });
        names.stream()
            .filter(ConfiguredName::isVariable)
            .forEach((name) -> found.put(name, VariableSearch.find(root, name.name())));
        Findings findings = new Findings(new LinkedHashMap<>(), new ArrayList<>());
        names.forEach((name) -> findings.add(name, found.get(name)));
        return findings;
    }

    /** A group is none, unless it is the head of a section without lines. */
    private void add(ConfiguredName name, @Nullable FoundName found) {
        if (found != null && (found.known().isProperty() || "".equals(name.value()))) {
            this.known.put(name, found);
        }
        else {
            this.unknown.add(name);
        }
    }

}
