package io.rpcspring.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The files of the page are few and small, and ask for nothing from elsewhere.
 */
class PageFilesTests {

    private static final Path FILES = Path.of("src/main/resources/META-INF/rpc-console");

    private static final int MOST_BYTES = 200_000;

    private static final Pattern ELSEWHERE = Pattern
        .compile("(?:src|href)=\"(?:https?:)?//|import .* from '(?!\\./)|@import|\\burl\\(");

    private static final Pattern HTML = Pattern.compile(
            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|createContextualFragment|\\beval\\(|new Function");

    private static final Pattern INLINE = Pattern.compile("\\son\\w+=|\\sstyle=|<style|<script(?![^>]*\\ssrc=)");

    @Test
    void allTogetherAreSmall() throws IOException {
        assertThat(files().stream().mapToLong(PageFilesTests::size).sum()).isPositive().isLessThan(MOST_BYTES);
    }

    @Test
    void nothingComesFromElsewhereAndNoTextBecomesHtml() throws IOException {
        for (Path file : files()) {
            String text = Files.readString(file);
            assertThat(ELSEWHERE.matcher(text).find()).as(file + " asks elsewhere").isFalse();
            assertThat(HTML.matcher(text).find()).as(file + " makes HTML").isFalse();
        }
        assertThat(INLINE.matcher(Files.readString(FILES.resolve("index.html"))).find()).isFalse();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
