package io.rpcspring.docs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;

import io.rpcspring.fixture.Sources;
import io.rpcspring.fixture.Starter;
import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the pages true: their links lead somewhere, and their examples are the code that
 * is compiled and the configuration that is bound.
 */
class DocumentationTests {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");

    /** What Spring Boot makes of its own properties. */
    private static final JwtDecoder NEVER = (token) -> {
        throw new BadJwtException("Nobody calls");
    };

    private static final Pattern LEFT_OUT = Pattern.compile("\n// \\.\\.\\.\n");

    @Test
    void relativeLinksResolve() throws IOException {
        for (Path page : Documentation.pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (URI.create(link.group(1)).getScheme() == null) {
                    assertThat(page.resolveSibling(link.group(1))).as("link in " + page).exists();
                }
            }
        }
    }

    @Test
    void yamlSnippetsBind() throws IOException {
        for (Path page : Documentation.pages()) {
            for (String yaml : Documentation.snippets(page, "yaml")) {
                if (yaml.contains("console:")) {
                    assertThatItServes(page, yaml);
                    continue;
                }
                StarterRunner.withServerOnFreePort()
                    .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class))
                    .withBean(JwtDecoder.class, () -> NEVER)
                    .withInitializer(Sources.yaml(yaml))
                    .run((context) -> assertThat(context).as(page + ":\n" + yaml).hasNotFailed());
            }
        }
    }

    /** The console needs a web server. */
    private static void assertThatItServes(Path page, String yaml) {
        new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
            .withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class))
            .withUserConfiguration(Starter.class)
            .withInitializer(
                    (context) -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
            .withInitializer(Sources.yaml(yaml))
            .withPropertyValues("server.port=0", "rpc.server.port=0")
            .run((context) -> assertThat(context).as(page + ":\n" + yaml).hasNotFailed());
    }

    @Test
    void javaSnippetsStandInCompiledSources() throws IOException {
        assertSnippetsStandIn("java", "sample-app/src", "rpc-spring-boot-autoconfigure/src/test");
    }

    @Test
    void protoSnippetsStandInCompiledSources() throws IOException {
        assertSnippetsStandIn("proto", "sample-app/src", "rpc-spring-boot-autoconfigure/src/test");
    }

    /** A line {@code // ...} in a snippet stands for lines that it leaves out. */
    private static void assertSnippetsStandIn(String language, String... folders) throws IOException {
        List<String> sources = new ArrayList<>();
        for (String folder : folders) {
            for (Path file : Documentation.files(Documentation.ROOT.resolve(folder), "." + language)) {
                sources.add(withoutIndentation(Files.readString(file)));
            }
        }
        for (Path page : Documentation.pages()) {
            for (String snippet : Documentation.snippets(page, language)) {
                LEFT_OUT.splitAsStream(withoutIndentation(snippet))
                    .forEach((part) -> assertThat(sources).as("source of a snippet in " + page + ":\n" + part)
                        .anyMatch((source) -> source.contains(part)));
            }
        }
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).filter((line) -> !line.isEmpty()).collect(Collectors.joining("\n"));
    }

}
