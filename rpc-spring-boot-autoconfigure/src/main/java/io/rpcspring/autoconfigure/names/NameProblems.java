package io.rpcspring.autoconfigure.names;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.rpcspring.autoconfigure.names.WrittenName.Part;

/**
 * Finds names in files and arguments that nothing reads, or not as they are written.
 *
 * @param root where all names begin
 */
record NameProblems(KnownName root) {

    Stream<Problem> in(Findings findings) {
        Stream<Problem> unknown = findings.unknown().stream().filter((name) -> !name.isVariable()).map(this::unknown);
        Stream<Problem> cut = findings.known()
            .entrySet()
            .stream()
            .filter((found) -> found.getValue().isCut())
            .map((found) -> cut(found.getKey(), found.getValue()));
        Stream<Problem> alike = findings.known()
            .values()
            .stream()
            .flatMap((found) -> found.keys().stream().map(FoundName.Key::map))
            .distinct()
            .flatMap(NameProblems::alike);
        return Stream.of(unknown, cut, alike).flatMap((problems) -> problems);
    }

    private Problem unknown(ConfiguredName name) {
        PropertySearch search = new PropertySearch(this.root);
        String what = "There is no property " + name.key() + name.place() + ".";
        return search.withBrackets(name.name())
            .map((right) -> new Problem(
                    what + " A name with other than letters, digits and hyphens stands in brackets.", write(right)))
            .orElseGet(() -> new Problem(what + " Nearest: " + search.nearest(name.name()) + ".",
                    "Correct the name, or remove it."));
    }

    private Problem cut(ConfiguredName name, FoundName found) {
        Part key = found.keys().stream().map(FoundName.Key::part).filter(Part::isCut).findFirst().orElseThrow();
        WrittenName right = name.name()
            .joined(name.name().parts().indexOf(key), name.name().parts().indexOf(key) + 1, ".");
        return new Problem("Without brackets, Spring reads '" + key.text() + "' in " + name.key() + " as '"
                + key.text().replaceAll("[^A-Za-z0-9-]", "") + "'" + name.place() + ".", write(right));
    }

    private static String write(WrittenName right) {
        return "Write " + right.inYaml() + " in YAML, " + right.inProperties() + " in a properties file.";
    }

    /** Spring mixes the settings of two keys that differ by dashes or capitals. */
    private static Stream<Problem> alike(KnownName map) {
        Map<String, Set<String>> spellings = new TreeMap<>();
        map.keys()
            .stream()
            .filter((key) -> key.text().matches("[A-Za-z0-9_-]+"))
            .forEach((key) -> spellings.computeIfAbsent(Part.uniform(key.text()), (uniform) -> new TreeSet<>())
                .add(key.text().equals(Part.uniform(key.text())) ? key.text() : key.toString()));
        return spellings.values()
            .stream()
            .filter((alike) -> alike.size() > 1 && map.isMap() && !map.path().contains("<"))
            .map(List::copyOf)
            .map((alike) -> new Problem(
                    map.path() + " has '" + alike.get(0) + "' and '" + alike.get(1) + "', which Spring takes for one.",
                    "Write one of them everywhere, or choose another name."));
    }

}
