package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.rpcspring.autoconfigure.names.WrittenName.Part;

/**
 * One step in the tree of the names there are: a property, a group, or a map of either.
 */
final class KnownName {

    /** The type of a property whose value takes any names. */
    static final String OPEN = "java.util.Map";

    private final String path;

    private final Map<String, KnownName> children = new TreeMap<>();

    /** What stands below each key, if the keys are the user's. */
    private @Nullable KnownName values;

    private @Nullable String type;

    /** Asked only about what is empty. */
    private BooleanSupplier emptyAllowed = () -> true;

    /** As they are written in files and arguments. */
    private final Map<String, Part> keys = new TreeMap<>();

    KnownName(String path) {
        this.path = path;
    }

    /** Where it stands, with {@code <name>} for each key. */
    String path() {
        return this.path;
    }

    String name() {
        return this.path.substring(this.path.lastIndexOf('.') + 1);
    }

    KnownName child(String name) {
        return this.children.computeIfAbsent(Part.uniform(name),
                (uniform) -> new KnownName(this.path.isEmpty() ? name : this.path + "." + name));
    }

    KnownName values() {
        if (this.values == null) {
            this.values = new KnownName(this.path + ".<name>");
        }
        return this.values;
    }

    void property(String ofType, BooleanSupplier mayBeEmpty) {
        this.type = ofType;
        this.emptyAllowed = mayBeEmpty;
    }

    Collection<KnownName> children() {
        return this.children.values();
    }

    boolean isMap() {
        return this.values != null;
    }

    /** Whether a value may stand here. */
    boolean isProperty() {
        return this.type != null;
    }

    boolean isOf(Class<?> valueType) {
        return valueType.getName().equals(this.type);
    }

    /** Whether an empty value is one. */
    boolean mayBeEmpty() {
        return this.type == null || this.type.startsWith("java.util.") || this.emptyAllowed.getAsBoolean();
    }

    /**
     * Remembers a key of a map. In small letters and digits it is the same in brackets.
     */
    void add(Part key) {
        boolean simple = key.text().equals(Part.uniform(key.text()));
        this.keys.putIfAbsent(simple ? key.text() : key.toString(), key);
    }

    /** The keys by how they are written. */
    Map<String, Part> keys() {
        return this.keys;
    }

    /** The next step, if there is one of this name. */
    @Nullable KnownName next(Part part) {
        return (this.values != null) ? this.values : this.children.get(part.uniform());
    }

    /** Whether the rest of a name belongs to the value: keys, or an index. */
    boolean takes(List<Part> rest) {
        if (this.type == null || !this.type.startsWith("java.util.")) {
            return false;
        }
        return this.type.startsWith(OPEN)
                || (rest.size() == 1 && rest.get(0).text().chars().allMatch(Character::isDigit));
    }

    /** All properties at and below this, with the keys that a name has. */
    List<String> list(List<Part> written) {
        List<String> names = new ArrayList<>();
        list("", written, names);
        return names;
    }

    private void list(String prefix, List<Part> written, List<String> names) {
        if (this.type != null) {
            names.add(prefix);
        }
        List<Part> rest = written.subList(Math.min(1, written.size()), written.size());
        String dot = prefix.isEmpty() ? "" : prefix + ".";
        if (this.values != null) {
            Part key = written.isEmpty() ? new Part("<name>", false) : written.get(0);
            this.values.list((key.bracketed() ? prefix : dot) + key, rest, names);
        }
        this.children.values().forEach((child) -> child.list(dot + child.name(), rest, names));
    }

}
