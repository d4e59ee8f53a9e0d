package io.rpcspring.docs;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares docs/configuration.md with the metadata that editors read.
 */
class ConfigurationPageTests {

    private static final Pattern ROW = Pattern
        .compile("(?m)^\\| `((?:rpc|management)\\.[^`]+)` \\| ([^|]*) \\| ([^|]*) \\|$");

    private static final Pattern NAMED = Pattern
        .compile("`(rpc\\.(?:server|client)\\.(?!defaults`|channels)[a-z.-]+)`");

    /** What stands right of a property of another starter. */
    private static final Pattern CLIENT_CELL = Pattern.compile("(?m)^\\|[^|]*\\|([^|]*)\\|$");

    private static final Pattern NAME = Pattern.compile("`((?!rpc\\.|options)[a-z.-]+)(?:: [^`]*)?`");

    private static final Pattern MAP = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String,(io\\.rpcspring\\..*)>");

    @Test
    void pageHasEveryPropertyWithItsDefaultAndDescription() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (Map<String, Object> property : properties()) {
            String name = (String) property.get("name");
            assertThat(property).as(name).containsKey("description");
            Matcher map = MAP.matcher((String) property.get("type"));
            if (map.matches() && groups().contains(map.group(1))) {
                expected.put(name + ".<name>", " | " + property.get("description"));
            }
            else if (map.matches()) {
                addComponents(name + ".<name>.", ClassUtils.resolveClassName(map.group(1), null), expected);
            }
            else {
                expected.put(name, defaultOf(property) + " | " + property.get("description"));
            }
        }
        Map<String, String> documented = documented();
        assertThat(documented.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, text) -> assertThat(documented.get(name)).as(name).startsWith(text));
    }

    @Test
    void pageForThoseWhoComeNamesPropertiesThatExist() throws IOException {
        String page = Files.readString(Documentation.ROOT.resolve("docs/coming-from-net-devh.md"));
        List<String> named = NAMED.matcher(page).results().map((name) -> name.group(1)).toList();
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(documented().keySet()).containsAll(named);
        // Below a channel, and so below its defaults.
        String clients = page.substring(page.indexOf("## Client properties"), page.indexOf("## Beans"));
        assertThat(documented().keySet()).containsAll(CLIENT_CELL.matcher(clients)
            .results()
            .flatMap((cell) -> NAME.matcher(cell.group(1)).results())
            .map((name) -> "rpc.client.defaults." + name.group(1))
            .toList());
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Documentation.ROOT.resolve("docs/configuration.md")));
        while (row.find()) {
            assertThat(rows).doesNotContainKey(row.group(1));
            rows.put(row.group(1), row.group(2).strip() + " | " + row.group(3).strip());
        }
        return rows;
    }

    private static String defaultOf(Map<String, Object> property) {
        Object value = property.get("defaultValue");
        // Boot's processor writes Actuator's constant.
        return (value != null) ? "`" + ("read_only".equals(value) ? "read-only" : value) + "`" : "";
    }

    /** The metadata stops at a map; what its values are made of are properties, too. */
    private static void addComponents(String prefix, Class<?> record, Map<String, String> expected) {
        Parameter[] parameters = record.getDeclaredConstructors()[0].getParameters();
        for (Parameter parameter : parameters) {
            String name = prefix
                    + ConfigurationPropertyName.adapt(parameter.getName().replaceAll("([A-Z])", "-$1"), '.');
            ResolvableType type = ResolvableType.forType(parameter.getParameterizedType());
            DefaultValue value = parameter.getAnnotation(DefaultValue.class);
            if (type.resolve() == Map.class && !type.getGeneric(1).toClass().isRecord()) {
                expected.put(name + ".<name>", " | ");
            }
            else if (type.resolve() == Map.class) {
                addComponents(name + ".<name>.", type.getGeneric(1).toClass(), expected);
            }
            else {
                expected.put(name, (value != null) ? "`" + value.value()[0] + "` | " : " | ");
            }
        }
    }

    /** What is a group, too, has rows of its own there. */
    private static List<String> groups() throws IOException {
        return metadata("$.groups[*].type");
    }

    private static List<Map<String, Object>> properties() throws IOException {
        return metadata("$.properties");
    }

    private static <T> List<T> metadata(String path) throws IOException {
        try (InputStream metadata = ConfigurationPageTests.class
            .getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonPath.read(metadata, path);
        }
    }

}
