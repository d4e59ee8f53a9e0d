package io.rpcspring.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Markdown pages and Java sources of the project.
 */
final class Documentation {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Documentation() {
    }

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
        for (String page : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")) {
            pages.add(ROOT.resolve(page));
        }
        return pages;
    }

    static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter((file) -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    /** The fenced blocks of one language in a page. */
    static List<String> snippets(Path page, String language) throws IOException {
        List<String> snippets = new ArrayList<>();
        Matcher matcher = Pattern.compile("(?ms)^ *```" + language + "\\n(.*?)^ *```").matcher(Files.readString(page));
        while (matcher.find()) {
            snippets.add(matcher.group(1));
        }
        return snippets;
    }

}
