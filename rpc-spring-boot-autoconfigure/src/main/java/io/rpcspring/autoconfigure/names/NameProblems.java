package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.rpcspring.autoconfigure.names.WrittenName.Part;

/**
 * Finds names in files and arguments that nothing reads, or not as they are written.
 *
 * @param root where all names begin
 */
record NameProblems(KnownName root) {

    List<Problem> in(Findings findings) {
        List<Problem> problems = new ArrayList<>();
        for (ConfiguredName name : findings.unknown()) {
            if (!name.isVariable()) {
                problems.add(unknown(name));
            }
        }
        Set<KnownName> maps = new LinkedHashSet<>();
        for (Findings.Finding found : findings.known()) {
            if (found.property().isCut()) {
                problems.add(cut(found.name(), found.property()));
            }
            found.property().keys().forEach((key) -> maps.add(key.map()));
        }
        maps.forEach((map) -> alike(map, problems));
        return problems;
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
    private static void alike(KnownName map, List<Problem> problems) {
        Map<String, String> spellings = new HashMap<>();
        boolean mixed = map.isMap() && !map.path().contains("<");
        map.keys().forEach((written, key) -> {
            String other = spellings.put(alone(key.text()), written);
            if (other != null && mixed) {
                problems.add(new Problem(
                        map.path() + " has '" + other + "' and '" + written + "', which Spring takes for one.",
                        "Write one of them everywhere, or choose another name."));
            }
        });
    }

    /** Dots and slashes make names that no variable can have. */
    private static String alone(String key) {
        return (key.indexOf('.') < 0 && key.indexOf('/') < 0) ? Part.uniform(key) : key;
    }

}
