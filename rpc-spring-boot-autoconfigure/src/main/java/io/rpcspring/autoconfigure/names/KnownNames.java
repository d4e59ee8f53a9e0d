package io.rpcspring.autoconfigure.names;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ResourceUtils;
import org.springframework.util.StringUtils;

/**
 * All properties below {@code rpc} that the class path has, from the metadata that
 * editors read, too.
 * <p>
 * Metadata stops at a map; what its values are made of is read from their records.
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

    /** Begins with the properties of this library. */
    KnownNames(ClassLoader classLoader) {
        this.classLoader = classLoader;
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
            addMap(known, type.substring(MAP.length(), type.length() - 1));
        }
        else {
            known.property(type, () -> mayBeEmpty);
        }
    }

    private void addMap(KnownName map, String valueType) {
        Class<?> values = ClassUtils.isPresent(valueType, this.classLoader)
                ? ClassUtils.resolveClassName(valueType, this.classLoader) : null;
        if (values == null || !values.isRecord()) {
            map.property(KnownName.OPEN, () -> true);
        }
        else {
            addRecord(map.values(), values);
        }
    }

    private void addRecord(KnownName group, Class<?> record) {
        for (Parameter component : record.getDeclaredConstructors()[0].getParameters()) {
            KnownName known = group.child(DataObjectPropertyName.toDashedForm(component.getName()));
            ResolvableType type = ResolvableType.forType(component.getParameterizedType());
            if (type.toClass().isRecord()) {
                addRecord(known, type.toClass());
            }
            else if (type.toClass() == Map.class) {
                addMap(known, type.getGeneric(1).toClass().getName());
            }
            else {
                known.property(type.toClass().getName(), () -> isEmpty(component.getAnnotation(DefaultValue.class)));
            }
        }
    }

    private static boolean isEmpty(@Nullable DefaultValue value) {
        return value != null && value.value().length == 1 && value.value()[0].isEmpty();
    }

}
