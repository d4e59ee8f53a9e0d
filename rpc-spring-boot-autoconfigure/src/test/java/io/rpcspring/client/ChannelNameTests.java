package io.rpcspring.client;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.Sources;
import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a channel is called, it has all of its settings.
 */
class ChannelNameTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', textBlock = """
            places, places
            my-places, my-places
            myPlaces, myPlaces
            MYPLACES, MYPLACES
            My-Places, My-Places
            2nd, 2nd
            "[my-places]", my-places
            "[myPlaces]", myPlaces
            "[my_places]", my_places
            "[My_Places]", My_Places
            "[my.places]", my.places
            "[places.v1.Places]", places.v1.Places
            """)
    void yamlMayHaveAnyName(String key, String name) {
        assertHasAll(this.runner.withInitializer(Sources.yaml("""
                rpc:
                  client:
                    channels:
                      %s:
                        target: localhost:9090
                        deadline: 5s
                        ssl: { enabled: true }
                        metadata: { x-team: maps }
                        methods:
                          "[places.v1.Places]": { deadline: 7s }
                          "[places.v1.Places/Find]": { deadline: 3s }
                """.formatted(key))), name);
    }

    @ParameterizedTest
    @CsvSource({ "places, places", "my-places, my-places", "myPlaces, myPlaces", "MYPLACES, MYPLACES",
            "[my-places], my-places", "[myPlaces], myPlaces", "[my_places], my_places", "[my.places], my.places" })
    void propertiesMayHaveAnyName(String key, String name) {
        String prefix = "rpc.client.channels." + key;
        assertHasAll(this.runner.withPropertyValues(prefix + ".target=localhost:9090", prefix + ".deadline=5s",
                prefix + ".ssl.enabled=true", prefix + ".metadata.x-team=maps",
                prefix + ".methods.[places.v1.Places].deadline=7s",
                prefix + ".methods.[places.v1.Places/Find].deadline=3s"), name);
    }

    @ParameterizedTest
    @CsvSource({ "places, PLACES", "my-places, MYPLACES", "my-places, MY_PLACES", "myPlaces, MYPLACES",
            "MYPLACES, MYPLACES", "[my-places], MYPLACES", "[my-places], MY_PLACES", "[myPlaces], MYPLACES",
            "[my_places], MY_PLACES", "[my_places], MYPLACES" })
    void variablesOverrideAnyOfThem(String key, String variable) {
        String prefix = "RPC_CLIENT_CHANNELS_" + variable;
        String name = key.replaceAll("[\\[\\]]", "");
        assertHasAll(this.runner.withInitializer(Sources.yaml("""
                rpc.client.channels.%s:
                  target: localhost:1
                  deadline: 1s
                  metadata: { x-team: maps }
                  methods: { "[places.v1.Places]": { deadline: 7s }, "[places.v1.Places/Find]": { deadline: 3s } }
                """.formatted(key)))
            .withInitializer(Sources.variables(prefix + "_TARGET=localhost:9090", prefix + "_DEADLINE=5s",
                    prefix + "_SSL_ENABLED=true")),
                name);
    }

    private static void assertHasAll(ApplicationContextRunner runner, String name) {
        runner.run((context) -> assertThat(context.getBean(RpcChannels.class).reports()).singleElement()
            .satisfies((report) -> {
                assertThat(report.name()).isEqualTo(name);
                assertThat(report.target()).isEqualTo("localhost:9090");
                assertThat(report.settings().toString()).contains("deadline=PT5S", "ssl={enabled=true",
                        "metadata={x-team=", "methods.places.v1.Places={deadline=PT7S",
                        "methods.places.v1.Places/Find={deadline=PT3S");
            }));
    }

}
