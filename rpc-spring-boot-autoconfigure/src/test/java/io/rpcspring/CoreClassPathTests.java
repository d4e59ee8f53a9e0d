package io.rpcspring;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The libraries that the core does without.
 */
class CoreClassPathTests {

    /** Optional in the POM only because the starter brings them, as Spring Boot does. */
    private static final Set<String> EVERYWHERE = Set.of("grpc-protobuf", "slf4j-api");

    /**
     * Optional, since test annotations need them; and all tests are written with them.
     */
    private static final Set<String> TOOLS = Set.of("assertj-core", "junit-jupiter-api", "spring-boot-test",
            "spring-boot-test-autoconfigure", "spring-test");

    @Test
    @EnabledIfSystemProperty(named = "tests.part", matches = "core")
    void noOptionalLibraryIsThere() throws Exception {
        String[] classPath = System.getProperty("java.class.path").split(System.getProperty("path.separator"));
        assertThat(optionalLibraries()).isNotEmpty()
            .allSatisfy((library) -> assertThat(classPath)
                .noneMatch((path) -> Path.of(path).getFileName().toString().matches(library + "-\\d.*")));
    }

    private static Set<String> optionalLibraries() throws Exception {
        NodeList dependencies = DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse("pom.xml")
            .getElementsByTagName("dependency");
        return IntStream.range(0, dependencies.getLength())
            .mapToObj((i) -> (Element) dependencies.item(i))
            .filter((dependency) -> dependency.getElementsByTagName("optional").getLength() > 0)
            .map((dependency) -> dependency.getElementsByTagName("artifactId").item(0).getTextContent())
            .filter((library) -> !EVERYWHERE.contains(library) && !TOOLS.contains(library))
            .collect(Collectors.toSet());
    }

}
