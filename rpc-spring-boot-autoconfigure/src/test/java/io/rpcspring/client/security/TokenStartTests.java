package io.rpcspring.client.security;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelEnvironment;
import io.rpcspring.fixture.Sources;
import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What cannot give channels tokens stops the start, whether the channel is used or not.
 */
class TokenStartTests {

    private static final String PROPERTY = "rpc.client.channels.places.oauth2.registration";

    private static final String STARTER = "org.springframework.boot:spring-boot-starter-security-oauth2-client";

    private static ApplicationContextRunner runner() {
        return StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class))
            .withPropertyValues("rpc.client.channels.places.target=localhost:${local.rpc.server.port}",
                    "rpc.client.channels.places.oauth2.registration=tuors");
    }

    private static void assertRefused(AssertableApplicationContext context, String what, String cure) {
        assertThat(context).getFailure()
            .rootCause()
            .asInstanceOf(InstanceOfAssertFactories.type(RpcConfigurationException.class))
            .satisfies((failure) -> {
                assertThat(failure.description()).isEqualTo(what);
                assertThat(failure.action()).isEqualTo(cure);
            });
    }

    private static String yaml(String id) {
        return """
                spring:
                  security:
                    oauth2:
                      client:
                        registration:
                          %1$s:
                            authorization-grant-type: client_credentials
                            client-id: ...
                            client-secret: ...
                        provider:
                          %1$s:
                            token-uri: ...""".formatted(id);
    }

    @Test
    void unknownRegistrationIsRefusedWithTheNearestNames() {
        runner().withPropertyValues(TokenServer.registration("office", "http://localhost:1"))
            .withPropertyValues(TokenServer.registration("tours", "http://localhost:1"))
            .run((context) -> assertRefused(context,
                    PROPERTY + " is 'tuors', which is no OAuth2 client registration. Registrations: tours, office.",
                    "Correct the name, or add the registration to application.yml:\n\n" + yaml("tuors")));
    }

    @Test
    void applicationWithoutRegistrationsIsToldToAddThisOne() {
        runner().run((context) -> assertRefused(context,
                PROPERTY + " is 'tuors', but the application has no OAuth2 client registrations.",
                "Add this one to application.yml:\n\n" + yaml("tuors")));
    }

    @Test
    void registrationForUsersIsRefused() {
        runner().withPropertyValues(TokenServer.registration("tuors", "http://localhost:1"))
            .withPropertyValues(
                    "spring.security.oauth2.client.registration.tuors.authorization-grant-type=authorization_code",
                    "spring.security.oauth2.client.registration.tuors.redirect-uri=http://localhost",
                    "spring.security.oauth2.client.provider.tuors.authorization-uri=http://localhost:1")
            .run((context) -> assertRefused(context,
                    PROPERTY + " is 'tuors', whose authorization-grant-type is authorization_code,"
                            + " for which there must be a user.",
                    "Set spring.security.oauth2.client.registration.tuors.authorization-grant-type to"
                            + " client_credentials."));
    }

    @Test
    void tokenOfARegistrationAndOfTheCallerAreTwo() {
        runner().withPropertyValues("rpc.client.defaults.oauth2.relay=true")
            .run((context) -> assertRefused(context,
                    PROPERTY + " and rpc.client.defaults.oauth2.relay are both set, but a call has one authorization.",
                    "Remove one of them. oauth2.registration: \"\" and oauth2.relay: false turn off what is"
                            + " inherited."));
    }

    @ParameterizedTest
    @ValueSource(strings = { "channels.places", "defaults" })
    void withoutTheLibraryTheDependencyIsNamed(String place) {
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("org.springframework.security"))
            .withPropertyValues("rpc.client.channels.places.target=localhost:1",
                    "rpc.client." + place + ".oauth2.registration=tours")
            .run((context) -> assertThat(context).getFailure()
                .hasMessageContaining("rpc.client." + place + ".oauth2.registration is set")
                .hasMessageContaining(", but " + STARTER + " is not on the class path.")
                .hasMessageEndingWith("Add the dependency " + STARTER + ", or remove the property."));
    }

    /** Names in the environment are only warned of, but no call goes without a token. */
    @Test
    void alsoWhereAnEnvironmentVariableAsksForTokens() {
        StarterRunner.withServerOnFreePort()
            .withInitializer(Sources.variables("RPC_CLIENT_CHANNELS_PLACES_OAUTH2_REGISTRATION=tours"))
            .withClassLoader(new FilteredClassLoader("org.springframework.security"))
            .withPropertyValues("rpc.client.channels.places.target=localhost:1")
            .run((context) -> assertRefused(context,
                    PROPERTY + " is set, but spring-security-oauth2-client is not on the class path.",
                    "Add the dependency " + STARTER + ", or remove " + PROPERTY + "."));
    }

    @Test
    void relayNeedsALibrary() {
        String property = "rpc.client.channels.places.oauth2.relay";
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("org.springframework.security"))
            .withPropertyValues("rpc.client.channels.places.target=localhost:1", property + "=true")
            .run((context) -> assertRefused(context,
                    property + " is set, but spring-security-oauth2-core is not on the class path.",
                    "Add the dependency org.springframework.boot:spring-boot-starter-security-oauth2-resource-server,"
                            + " or remove " + property + "."));
    }

    @Test
    void withoutTheLibraryNothingIsLoaded() {
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("org.springframework.security"))
            .withPropertyValues("rpc.client.channels.places.target=localhost:1")
            .run((context) -> assertThat(context).hasNotFailed()
                .doesNotHaveBean(RegisteredTokens.class)
                .doesNotHaveBean(CallerTokens.class)
                .getBeans(ChannelEnvironment.Link.class)
                .isNotEmpty());
    }

}
