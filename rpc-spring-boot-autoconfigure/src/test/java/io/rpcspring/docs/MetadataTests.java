package io.rpcspring.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.springframework.util.ClassUtils;

import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What editors offer for the properties.
 */
class MetadataTests {

    /** Types of which an editor knows the values, or that have any. */
    private static final String CLEAR = "java\\.(lang\\.(Boolean|Integer|Double)|time\\.Duration|util\\..*)"
            + "|org\\.springframework\\.util\\.unit\\.DataSize";

    /** Texts that are the user's own. */
    private static final List<String> FREE = List.of("address", "unix-socket", "in-process-name", "group", "target",
            "authority", "user-agent", "service", "registration", "username", "password", "bearer");

    @Test
    void everyPropertyStandsInAGroup() {
        // Spring Boot's processor adds properties of endpoints.
        assertThat(names("properties")).filteredOn((name) -> !name.startsWith("management."))
            .isNotEmpty()
            .allSatisfy((name) -> assertThat(names("groups")).contains(name.substring(0, name.lastIndexOf('.'))));
    }

    @Test
    void hintsAreOfProperties() {
        assertThat(names("hints")).isNotEmpty()
            .allSatisfy((name) -> assertThat(names("properties")).contains(name.replaceAll("\\.(keys|values)$", "")));
    }

    @Test
    void whereThereIsAChoiceEditorsOfferIt() {
        List<Map<String, String>> properties = read("$.properties[*]['name','type']");
        assertThat(properties).isNotEmpty().allSatisfy((property) -> {
            String name = property.get("name");
            String type = property.get("type");
            if (!FREE.contains(name.substring(name.lastIndexOf('.') + 1)) && !type.matches(CLEAR)) {
                assertThat(names("hints").contains(name) || ClassUtils.resolveClassName(type, null).isEnum()).as(name)
                    .isTrue();
            }
        });
    }

    /** An editor looks into the values of a map. */
    @Test
    void poolTypesAreAnEnumeration() {
        List<String> type = read("$.properties[?(@.name == 'rpc.server.pools')].type");
        Class<?> pool = ClassUtils.resolveClassName(type.get(0).replaceAll(".*,(.*)>", "$1"), null);
        assertThat(pool.getRecordComponents()).filteredOn((component) -> component.getName().equals("type"))
            .singleElement()
            .satisfies((component) -> assertThat(component.getType().getEnumConstants()).extracting(Object::toString)
                .containsExactly("AUTO", "PLATFORM", "VIRTUAL", "DIRECT"));
    }

    @Test
    void noDurationIsLongerThanACentury() {
        // Actuator has one of its own.
        List<String> durations = read("$.properties[?(@.type == 'java.time.Duration' && @.name =~ /rpc\\..*/)].name");
        assertThat(durations).isNotEmpty()
            .allSatisfy((name) -> StarterRunner.withServerOnFreePort()
                .withPropertyValues(name + "=365000d")
                .run((context) -> assertThat(context).as(name)
                    .getFailure()
                    .rootCause()
                    .hasMessageStartingWith(name + " is 365000d, which is ")));
    }

    private static List<String> names(String section) {
        return read("$." + section + "[*].name");
    }

    private static <T> List<T> read(String path) {
        try (InputStream metadata = MetadataTests.class
            .getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonPath.read(metadata, path);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
