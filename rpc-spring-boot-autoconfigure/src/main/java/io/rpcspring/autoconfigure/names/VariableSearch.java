package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.rpcspring.autoconfigure.names.WrittenName.Part;

/**
 * Finds what an environment variable is the name of, as Spring reads it.
 * <p>
 * Spring knows each property by two: dashes are left out in one, and underscores in the
 * other. A key is one that stands in a file, or a new one without dashes.
 *
 * @param root where all names begin
 * @param underscores whether they stand for dashes
 */
record VariableSearch(KnownName root, boolean underscores) {

    static @Nullable FoundName find(KnownName root, WrittenName name) {
        FoundName found = new VariableSearch(root, false).find(root, name.parts(), "");
        return (found != null) ? found : new VariableSearch(root, true).find(root, name.parts(), "");
    }

    private @Nullable FoundName find(KnownName known, List<Part> rest, String id) {
        if (rest.isEmpty()) {
            return known.isProperty() ? new FoundName(known, id, List.of()) : null;
        }
        if (known.takes(rest)) {
            return new FoundName(known, id + rest, List.of());
        }
        Stream<Step> steps = known.isMap() ? keys(known, rest.get(0))
                : known.children().stream().map((child) -> step(new Part(child.name(), false), child));
        return steps.filter((step) -> step.begins(rest))
            .map((step) -> find(step.next(), rest.subList(step.parts().size(), rest.size()), id + "." + step.id()))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    }

    private Stream<Step> keys(KnownName map, Part unknown) {
        return Stream.concat(map.keys().values().stream(), Stream.of(unknown)).map((key) -> step(key, map.values()));
    }

    private Step step(Part part, KnownName next) {
        String text = part.text().toLowerCase(Locale.ROOT);
        String variable = this.underscores ? text.replace('-', '_') : part.bracketed() ? text : part.uniform();
        return new Step(List.of(variable.split("_")), part.uniform(), next);
    }

    /** The few variables there are that are most like it. */
    static String nearest(KnownName root, WrittenName name) {
        List<String> all = new ArrayList<>(root.list(name.parts()));
        for (int from = 1; from < name.parts().size() - 1; from++) {
            all.addAll(root.list(name.joined(from, from + 2, "").parts()));
        }
        return PropertySearch.few(name.text(), all.stream().map(VariableSearch::variable).distinct().toList());
    }

    private static String variable(String property) {
        return property.replaceAll("[-\\]]", "").replaceAll("[.\\[]", "_").toUpperCase(Locale.ROOT);
    }

    /** One step down in the tree, by some parts of the variable. */
    private record Step(List<String> parts, String id, KnownName next) {

        boolean begins(List<Part> rest) {
            return rest.stream().limit(this.parts.size()).map(Part::text).toList().equals(this.parts);
        }

    }

}
