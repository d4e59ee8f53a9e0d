package io.rpcspring.autoconfigure.names;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.ResourceUtils;
import org.springframework.util.StringUtils;

/**
 * All properties below {@code rpc} that the class path has, from the metadata that
 * editors read, too.
 * <p>
 * Metadata stops at a map, of whose values {@link RecordNames} knows more.
 */
final class KnownNames {

    private static final Log logger = LogFactory.getLog(KnownNames.class);

    static final String ROOT = "rpc";

    private static final List<String> FILES = List.of("META-INF/spring-configuration-metadata.json",
            "META-INF/additional-spring-configuration-metadata.json");

    private static final String MAP = "java.util.Map<java.lang.String,";

    private final KnownName root = new KnownName("");

    private final Set<String> read = new HashSet<>();

    private final ClassLoader classLoader;

    private final RecordNames records;

    /** Begins with the properties of this library. */
    KnownNames(ClassLoader classLoader) {
        this.classLoader = classLoader;
        this.records = new RecordNames(classLoader);
        String self = KnownNames.class.getName().replace('.', '/') + ".class";
        URL here = KnownNames.class.getResource("/" + self);
        if (here != null) {
            read(StringUtils.delete(here.toString(), self) + FILES.get(0));
        }
    }

    /** Adds what others have: reading all files of a class path takes its time. */
    void addOthers() {
        try {
            for (String name : FILES) {
                for (URL file : Collections.list(this.classLoader.getResources(name))) {
                    read(file.toString());
                }
            }
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** False in an image or a class path that was made without metadata. */
    boolean areThere() {
        return !this.root.children().isEmpty();
    }

    KnownName root() {
        return this.root;
    }

    /** What cannot be read has no names. */
    private void read(String file) {
        if (!this.read.add(file)) {
            return;
        }
        try (InputStream in = ResourceUtils.toURL(file).openStream()) {
            String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (json.contains("\"" + ROOT + ".")) {
                new MetadataFile(json).forEach(ROOT + ".", this::add);
            }
        }
        catch (IOException ex) {
            logger.debug("Cannot read " + file, ex);
        }
    }

    private void add(String name, String type, boolean mayBeEmpty) {
        KnownName known = this.root;
        for (String part : StringUtils.delimitedListToStringArray(name, ".")) {
            known = known.child(part);
        }
        if (type.startsWith(MAP)) {
            this.records.addMap(known, type.substring(MAP.length(), type.length() - 1));
        }
        else {
            known.property(type, () -> mayBeEmpty);
        }
    }

}
