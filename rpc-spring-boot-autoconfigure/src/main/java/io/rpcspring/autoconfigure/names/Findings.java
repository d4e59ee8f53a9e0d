package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the names of a configuration are the names of.
 *
 * @param known those that are one of a property, the sources that win first
 * @param unknown those that are not
 */
record Findings(List<Finding> known, List<ConfiguredName> unknown) {

    /** Variables may have the keys of files and arguments, so these come first. */
    static Findings of(Collection<ConfiguredName> names, KnownName root) {
        PropertySearch search = new PropertySearch(root);
        List<@Nullable FoundName> properties = new ArrayList<>();
        for (ConfiguredName name : names) {
            FoundName found = name.isVariable() ? null : search.find(name.name());
            properties.add(found);
            if (found != null) {
                found.keys().forEach((key) -> key.map().add(key.part()));
            }
        }
        Findings findings = new Findings(new ArrayList<>(), new ArrayList<>());
        Iterator<@Nullable FoundName> property = properties.iterator();
        for (ConfiguredName name : names) {
            FoundName found = property.next();
            findings.add(name, name.isVariable() ? VariableSearch.find(root, name.name()) : found);
        }
        return findings;
    }

    /** A group is none, unless it is the head of a section without lines. */
    private void add(ConfiguredName name, @Nullable FoundName found) {
        if (found != null && (found.known().isProperty() || "".equals(name.value()))) {
            this.known.add(new Finding(name, found));
        }
        else {
            this.unknown.add(name);
        }
    }

    /**
     * A name that is one of a property.
     *
     * @param name as it is set
     * @param property what it sets
     */
    record Finding(ConfiguredName name, FoundName property) {
    }

}
