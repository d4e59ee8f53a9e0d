package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.rpcspring.autoconfigure.names.WrittenName.Part;
import io.rpcspring.words.Names;

/**
 * Finds what a name in a file or an argument is the name of, as Spring reads it.
 *
 * @param root where all names begin
 */
record PropertySearch(KnownName root) {

    private static final int FEW = 3;

    @Nullable FoundName find(WrittenName name) {
        KnownName known = this.root;
        List<FoundName.Key> keys = new ArrayList<>();
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < name.parts().size(); i++) {
            Part part = name.parts().get(i);
            KnownName next = known.next(part);
            if (next == null) {
                return rest(known, name.parts().subList(i, name.parts().size()), keys, id);
            }
            if (known.isMap()) {
                keys.add(new FoundName.Key(known, part));
            }
            id.append('.').append(part.uniform());
            known = next;
        }
        return new FoundName(known, id.toString(), keys);
    }

    private static @Nullable FoundName rest(KnownName known, List<Part> rest, List<FoundName.Key> keys,
            StringBuilder id) {
        if (!known.takes(rest)) {
            return null;
        }
        rest.forEach((part) -> {
            keys.add(new FoundName.Key(known, part));
            id.append('.').append(part.uniform());
        });
        return new FoundName(known, id.toString(), keys);
    }

    /** The name with the brackets without which nothing has it, or something else. */
    Optional<WrittenName> withBrackets(WrittenName name) {
        return Stream.iterate(1, (parts) -> parts < name.parts().size(), (parts) -> parts + 1)
            .flatMap((parts) -> Stream.iterate(1, (from) -> from + parts <= name.parts().size(), (from) -> from + 1)
                .map((from) -> name.joined(from, from + parts, ".")))
            .filter(this::isProperty)
            .findFirst();
    }

    private boolean isProperty(WrittenName name) {
        FoundName found = find(name);
        return found != null && found.known().isProperty() && !found.isCut();
    }

    /** The few names there are that are most like it. */
    String nearest(WrittenName name) {
        return few(name.text(), this.root.list(name.parts()));
    }

    static String few(String wanted, List<String> names) {
        return String.join(", ", Stream.of(Names.nearestFirst(wanted, names).split(", ")).limit(FEW).toList());
    }

}
