package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A property's name as somebody wrote it, in its parts.
 *
 * @param text the whole
 * @param parts what stands between dots, in brackets, or between underscores of a
 * variable
 */
record WrittenName(String text, List<Part> parts) {

    private static final Pattern PART = Pattern.compile("\\[([^\\]]*)\\]|([^.\\[\\]]+)");

    /** A name in a file or an argument. */
    static WrittenName ofProperty(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher part = PART.matcher(text);
        while (part.find()) {
            boolean bracketed = part.group(1) != null;
            parts.add(new Part(bracketed ? part.group(1) : part.group(2), bracketed));
        }
        return new WrittenName(text, parts);
    }

    /** The name of an environment variable. */
    static WrittenName ofVariable(String text) {
        return new WrittenName(text,
                Stream.of(text.toLowerCase(Locale.ROOT).split("_")).map((part) -> new Part(part, false)).toList());
    }

    boolean isBelow(String prefix) {
        return this.parts.size() > 1 && !this.parts.get(0).bracketed() && this.parts.get(0).uniform().equals(prefix);
    }

    /** The same with several parts made one. */
    WrittenName joined(int from, int to, String separator) {
        List<Part> changed = new ArrayList<>(this.parts.subList(0, from));
        changed.add(new Part(
                this.parts.subList(from, to).stream().map(Part::text).collect(Collectors.joining(separator)), true));
        changed.addAll(this.parts.subList(to, this.parts.size()));
        return new WrittenName(this.text, changed);
    }

    /** How it is written in a properties file. */
    String inProperties() {
        return this.parts.stream().map(Part::toString).collect(Collectors.joining("."));
    }

    /** How it is written in YAML, in one line. */
    String inYaml() {
        return this.parts.stream()
            .map((part) -> part.bracketed() ? "\"" + part + "\"" : part.toString())
            .collect(Collectors.joining("."));
    }

    /**
     * A part of a name.
     *
     * @param text without brackets
     * @param bracketed whether they are there, so that nothing is changed
     */
    record Part(String text, boolean bracketed) {

        /** What Spring compares. */
        String uniform() {
            return this.bracketed ? this.text : uniform(this.text);
        }

        static String uniform(String text) {
            StringBuilder uniform = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (isRead(c) && c != '-') {
                    uniform.append(Character.toLowerCase(c));
                }
            }
            return uniform.toString();
        }

        /** Whether Spring leaves something out. */
        boolean isCut() {
            for (int i = 0; i < this.text.length(); i++) {
                if (!this.bracketed && !isRead(this.text.charAt(i))) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isRead(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        }

        @Override
        public String toString() {
            return this.bracketed ? "[" + this.text + "]" : this.text;
        }

    }

}
