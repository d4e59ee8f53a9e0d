package io.rpcspring.autoconfigure.names;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the names come from that may be set.
 */
class KnownNamesTests {

    @TempDir
    private Path library;

    @ParameterizedTest
    @ValueSource(strings = { "spring-configuration-metadata.json", "additional-spring-configuration-metadata.json" })
    void othersMayDescribeTheirs(String file) throws IOException {
        write(file, """
                { "properties": [ { "name": "rpc.acme.colour", "type": "java.lang.String" },
                                  { "name": "rpc.acme.sizes", "type": "java.util.Map<java.lang.String,acme.Size>" } ] }
                """);
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new URLClassLoader(new URL[] { url() }, getClass().getClassLoader()))
            .withPropertyValues("rpc.acme.colour=red", "rpc.acme.sizes.big.wide=7")
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "{", "{ \"", "{ \"properties\": [ { \"name\": \"rpc.acme", "\"rpc.", "]]]" })
    void othersMayBeBroken(String json) throws IOException {
        write("spring-configuration-metadata.json", json);
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new URLClassLoader(new URL[] { url() }, getClass().getClassLoader()))
            .withPropertyValues("rpc.acme.colour=red")
            .run((context) -> assertThat(context).getFailure().hasMessageStartingWith("There is no property"));
    }

    @Test
    void textsAreNoStructure() {
        List<String> found = new ArrayList<>();
        new MetadataFile(
                """
                        { "groups": [ { "name": "rpc.group" } ],
                          "properties": [
                            { "name": "rpc.a", "description": "Braces {, \\"quotes\\": \\\\", "type": "java.lang.Integer" },
                            { "description": "later", "deprecation": { "name": "rpc.no" }, "name": "rpc.b", "defaultValue": "" },
                            { "name": "spring.c" }, { "name": "rpc.d", "defaultValue": [ "rpc.x" ] } ],
                          "hints": [ { "name": "rpc.e", "values": [ { "value": "rpc.f" } ] } ] }
                        """)
            .forEach("rpc.", (name, type, mayBeEmpty) -> found.add(name + " " + type + " " + mayBeEmpty));
        assertThat(found).containsExactly("rpc.a java.lang.Integer false", "rpc.b java.lang.String true",
                "rpc.d java.lang.String false");
    }

    private void write(String file, String json) throws IOException {
        Files.writeString(Files.createDirectories(this.library.resolve("META-INF")).resolve(file), json);
    }

    private URL url() throws MalformedURLException {
        return this.library.toUri().toURL();
    }

}
