package io.rpcspring.words;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Lists names in messages about one that is not among them.
 */
public final class Names {

    private Names() {
    }

    /**
     * Lists the names there are for a message about one that is not among them.
     * @param wanted the name that was looked for
     * @param names the names there are
     * @return the names, the one most like the wanted one first, or {@code none}
     */
    public static String nearestFirst(String wanted, Collection<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        List<String> sorted = names.stream()
            .sorted(Comparator.comparingInt((String name) -> edits(wanted, name)).thenComparing((name) -> name))
            .toList();
        return String.join(", ", sorted);
    }

    /** Levenshtein distance, without regard to case. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                boolean same = Character.toLowerCase(from.charAt(i - 1)) == Character.toLowerCase(to.charAt(j - 1));
                int replace = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

}
