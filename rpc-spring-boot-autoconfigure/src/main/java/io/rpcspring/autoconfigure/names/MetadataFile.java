package io.rpcspring.autoconfigure.names;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds the properties in a file of Spring Boot's configuration metadata.
 * <p>
 * It is read at each start, before anything else is there: a look at what stands between
 * quotes is a hundred times faster than Spring Boot's own parser, and no library is
 * needed.
 *
 * @param json the file's text
 */
record MetadataFile(String json) {

    /** Passes on each property whose name begins so. */
    void forEach(String prefix, Properties properties) {
        Map<String, String> fields = new HashMap<>();
        String section = "";
        String key = "";
        int depth = 0;
        for (int i = 0; i < this.json.length(); i++) {
            switch (this.json.charAt(i)) {
                case '"' -> {
                    int end = endOfString(i + 1);
                    String text = this.json.substring(i + 1, end);
                    if (isKey(end + 1)) {
                        key = text;
                        section = (depth == 1) ? text : section;
                    }
                    else if (depth == 3) {
                        fields.put(key, text);
                    }
                    i = end;
                }
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    if (depth == 3) {
                        pass(section, fields, prefix, properties);
                        fields.clear();
                    }
                    depth--;
                }
                default -> {
                    // white space, commas, numbers
                }
            }
        }
    }

    private static void pass(String section, Map<String, String> fields, String prefix, Properties properties) {
        @Nullable String name = fields.get("name");
        if (section.equals("properties") && name != null && name.startsWith(prefix)) {
            properties.add(name, fields.getOrDefault("type", "java.lang.String"),
                    "".equals(fields.get("defaultValue")));
        }
    }

    private int endOfString(int from) {
        int end = from;
        while (end < this.json.length() && this.json.charAt(end) != '"') {
            end += (this.json.charAt(end) == '\\') ? 2 : 1;
        }
        return Math.min(end, this.json.length());
    }

    private boolean isKey(int from) {
        int next = from;
        while (next < this.json.length() && Character.isWhitespace(this.json.charAt(next))) {
            next++;
        }
        return this.json.startsWith(":", next);
    }

    /** Receives a property. */
    interface Properties {

        void add(String name, String type, boolean mayBeEmpty);

    }

}
