package io.rpcspring.console;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A file that the page is made of.
 */
final class PageFile {

    private static final String FOLDER = "/META-INF/rpc-console/";

    /** No way leads out of the folder. */
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*");

    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("html", "text/html;charset=UTF-8"),
            Map.entry("css", "text/css;charset=UTF-8"), Map.entry("js", "text/javascript;charset=UTF-8"),
            Map.entry("mjs", "text/javascript;charset=UTF-8"), Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"), Map.entry("ico", "image/x-icon"), Map.entry("woff2", "font/woff2"),
            Map.entry("json", "application/json"), Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("txt", "text/plain;charset=UTF-8"));

    private final byte[] content;

    private final String type;

    private final String tag;

    private PageFile(byte[] content, String type, String tag) {
        this.content = content;
        this.type = type;
        this.tag = tag;
    }

    /** Finds a file by its path below the page; null if there is none. */
    static @Nullable PageFile find(String path) throws IOException {
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        if (type == null || !NAME.matcher(path).matches()) {
            return null;
        }
        try (InputStream stream = PageFile.class.getResourceAsStream(FOLDER + path)) {
            return (stream != null) ? of(stream.readAllBytes(), type) : null;
        }
    }

    private static PageFile of(byte[] content, String type) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return new PageFile(content, type, '"' + HexFormat.of().formatHex(digest, 0, 16) + '"');
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every JVM has SHA-256", ex);
        }
    }

    byte[] content() {
        return this.content;
    }

    /** As HTTP names it. */
    String type() {
        return this.type;
    }

    /** Changes with the content. */
    String tag() {
        return this.tag;
    }

}
