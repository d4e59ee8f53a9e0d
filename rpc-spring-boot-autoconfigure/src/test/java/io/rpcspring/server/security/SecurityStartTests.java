package io.rpcspring.server.security;

import java.util.List;

import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.call.ChainLink;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is configured wrongly does not start, and what protects nothing says so.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecurityStartTests {

    private static final String RULES = "rpc.server.security.rules.[places.v1.Places].";

    private static final String WHERE = "rpc.server.security.rules.\"[places.v1.Places]\".";

    private static final String CURE = " Write permit-all, deny-all, authenticated, or an expression such as"
            + " hasAuthority('SCOPE_write'); if it looks at what only known callers have, begin it with"
            + " isAuthenticated() and.";

    private static ApplicationContextRunner open() {
        return StarterRunner.withServerOnFreePort();
    }

    private static ApplicationContextRunner places() {
        return open().withBean(WhoPlaces.class).withBean(JwtDecoder.class, Tokens::decoder);
    }

    private static void assertRefused(ApplicationContextRunner runner, String message) {
        runner.run((context) -> assertThat(refusal(context.getStartupFailure())).isEqualTo(message));
    }

    /** What stops the start may have a cause. */
    private static String refusal(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof RpcConfigurationException)) {
            cause = cause.getCause();
        }
        return (cause != null) ? String.valueOf(cause.getMessage()) : "no refusal: " + failure;
    }

    @Test
    void ruleForAServiceThatIsNotServedNamesTheNearest() {
        assertRefused(places().withPropertyValues("rpc.server.security.rules.[places.v1.Place].access=permit-all"),
                "rpc.server.security.rules names the service 'places.v1.Place', which is not served. Served:"
                        + " places.v1.Places, grpc.health.v1.Health. Correct the name, or remove the entry.");
    }

    @Test
    void ruleForAMethodThatIsNoneNamesTheNearest() {
        assertRefused(places().withPropertyValues(RULES + "methods.Travels=permit-all"),
                WHERE + "methods names 'Travels', which is no method of places.v1.Places. Its methods: Travel, Notes,"
                        + " Find, Within. Correct the name, or remove the entry.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            hasAuthority('x'      | After parsing a valid expression, there is still more data in the expression
            hasAuthorit('x')      | EL1004E: Method call: Method hasAuthorit(java.lang.String) cannot be found
            authenticted          | EL1008E: Property or field 'authenticted' cannot be found
            admin                 | EL1001E: Type conversion problem, cannot convert from java.lang.String
            authentication.token  | EL1008E: Property or field 'token' cannot be found
            """)
    void whatIsNoRuleDoesNotStart(String rule, String why) {
        places().withPropertyValues(RULES + "methods.Find=" + rule)
            .run((context) -> assertThat(refusal(context.getStartupFailure())).startsWith(WHERE + "methods.Find is \""
                    + rule
                    + "\", which is no rule. As an expression of Spring Security it fails for an anonymous caller: ")
                .endsWith(CURE));
    }

    @Test
    void rulesNeedSomebodyWhoFindsOutWhoCalls() {
        for (String property : List.of("rpc.server.security.default-access=authenticated", RULES + "access=deny-all")) {
            String name = property.startsWith(RULES) ? "rpc.server.security.rules"
                    : "rpc.server.security.default-access";
            assertRefused(open().withBean(WhoPlaces.class).withPropertyValues(property),
                    name + " says who may call, but nothing finds out who calls: nothing authenticates calls. Configure"
                            + " spring.security.oauth2.resourceserver, rpc.server.security.basic.enabled or"
                            + " rpc.server.security.certificate.principal, or add an RpcAuthentication bean; or remove "
                            + name + ".");
        }
    }

    @Test
    void passwordsNeedUsers() {
        assertRefused(open().withPropertyValues("rpc.server.security.basic.enabled=true"),
                "rpc.server.security.basic.enabled is true, but there are no users: there is no bean of type"
                        + " AuthenticationManager or UserDetailsService. Add one of them (Spring Boot makes one only in"
                        + " web applications with servlets, of spring.security.user), or remove"
                        + " rpc.server.security.basic.enabled.");
    }

    @Test
    void certificatesMustBeAskedFor() {
        assertRefused(open().withPropertyValues("rpc.server.security.certificate.principal=spiffe"),
                "rpc.server.security.certificate.principal is set, but no client is asked for a certificate: the server"
                        + " has no TLS. Set rpc.server.ssl.client-auth to need or want, and rpc.server.ssl.bundle, or"
                        + " remove rpc.server.security.certificate.principal.");
        assertRefused(
                open().withPropertyValues("rpc.server.security.certificate.principal=dns", "rpc.server.ssl.bundle=any"),
                "rpc.server.security.certificate.principal is set, but no client is asked for a certificate:"
                        + " rpc.server.ssl.client-auth is none. Set rpc.server.ssl.client-auth to need or want, or"
                        + " remove rpc.server.security.certificate.principal.");
    }

    @Test
    void callsOnTheTransportsThreadCannotWaitForKeys() {
        assertRefused(
                places().withPropertyValues("rpc.server.pools.fast.type=direct",
                        "rpc.server.services.[places.v1.Places].methods.Find.pool=fast"),
                "rpc.server.services.\"[places.v1.Places]\".methods.Find.pool is 'fast', a pool of type direct, but"
                        + " calls of places.v1.Places/Find are authenticated first, which may block their thread: it"
                        + " would stop the transport. Give the method a pool of another type, as in"
                        + " rpc.server.services.\"[places.v1.Places]\".methods.Find.pool: default.");
    }

    @ParameterizedTest
    @ValueSource(classes = { Marked.class, MarkedAfter.class, MarkedClass.class, MarkedBase.class, ByInterface.class })
    void annotationThatNobodyLooksAtDoesNotStart(Class<?> service) {
        places(service).run((context) -> assertThat(refusal(context.getStartupFailure()))
            .isEqualTo("The method 'find' of the service bean 'places' (" + service.getName() + ") is marked @"
                    + ((service != MarkedAfter.class) ? "PreAuthorize" : "PostAuthorize")
                    + ", but nothing looks at it: everybody may call the method. Add @EnableMethodSecurity to a"
                    + " @Configuration class, or remove @"
                    + ((service != MarkedAfter.class) ? "PreAuthorize" : "PostAuthorize") + "."));
        places(service).withUserConfiguration(Enabled.class).run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void securedNeedsMoreToBeLookedAt() {
        assertRefused(places(MarkedSecured.class).withUserConfiguration(Enabled.class),
                "The method 'find' of the service bean 'places' (" + MarkedSecured.class.getName()
                        + ") is marked @Secured, but nothing looks at it: everybody may call the method. Add"
                        + " @EnableMethodSecurity(securedEnabled = true) to a @Configuration class, or remove"
                        + " @Secured.");
        places(MarkedSecured.class).withUserConfiguration(EnabledForAll.class)
            .run((context) -> assertThat(context).hasNotFailed());
    }

    private static ApplicationContextRunner places(Class<?> service) {
        return open().withBean("places", service).withBean(JwtDecoder.class, Tokens::decoder);
    }

    @Test
    void whoProtectsNothingHearsOfIt(CapturedOutput output) {
        open().withBean(WhoPlaces.class).run((context) -> {
            assertThat(warnings(output)).singleElement()
                .asString()
                .endsWith(
                        "Spring Security is on the class path, but nothing authenticates gRPC calls: their callers are"
                                + " not known. Configure spring.security.oauth2.resourceserver,"
                                + " rpc.server.security.basic.enabled or rpc.server.security.certificate.principal, or add an"
                                + " RpcAuthentication bean; if it is meant so, set rpc.server.security.enabled to false");
            try (Connection connection = Connection.to(context)) {
                assertThat(WhoPlaces
                    .told(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.nobody())))
                    .isEqualTo("null, null");
            }
        });
    }

    @Test
    void whoMeansItHearsNothing(CapturedOutput output) {
        open().withBean(WhoPlaces.class)
            .withPropertyValues("rpc.server.security.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed());
        places().run((context) -> assertThat(context).hasNotFailed());
        assertThat(warnings(output)).isEmpty();
    }

    private static List<String> warnings(CapturedOutput output) {
        return OwnLog.of(output).lines().filter((line) -> line.contains("WARN") && line.contains("Security")).toList();
    }

    @Test
    void withoutSpringSecurityNothingOfItIsLoaded(CapturedOutput output) {
        FilteredClassLoader without = new FilteredClassLoader("org.springframework.security");
        open().withClassLoader(without).withBean("plain", Plain.class).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBeanProvider(ChainLink.class))
                .noneMatch((link) -> link.place() == ChainLink.Place.SECURITY);
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
        });
        assertThat(warnings(output)).isEmpty();
        assertRefused(open().withClassLoader(without).withPropertyValues("rpc.server.security.dry-run=true"),
                "rpc.server.security.dry-run is set (test), but org.springframework.boot:spring-boot-starter-security is not on"
                        + " the class path. Add the dependency org.springframework.boot:spring-boot-starter-security, or"
                        + " remove the property.");
    }

    /** A server of tokens that has no JWTs, or none at all, needs no such library. */
    @ParameterizedTest
    @ValueSource(strings = { "org.springframework.security.oauth2.jwt", "org.springframework.security.oauth2" })
    void librariesOfTokensNeedNotBeThere(String missing) {
        open().withClassLoader(new FilteredClassLoader(missing))
            .withBean("plain", Plain.class)
            .withBean(RpcAuthentication.class, () -> (call) -> Callers.ANONYMOUS)
            .run((context) -> assertThat(context).hasNotFailed());
    }

    /** Knows nothing of Spring Security. */
    @RpcService(PlacesGrpc.class)
    static class Plain {

        Place find(PlaceName name) {
            return Place.newBuilder().setName(name.getName()).build();
        }

    }

    /** Package-private, as are its handlers. */
    @RpcService(PlacesGrpc.class)
    static class Marked {

        @PreAuthorize("hasRole('admin')")
        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

    }

    /** Looked at when the handler has run. */
    @RpcService(PlacesGrpc.class)
    static class MarkedAfter {

        @PostAuthorize("returnObject.name == authentication.name")
        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

    }

    /** All of its methods. */
    @RpcService(PlacesGrpc.class)
    @PreAuthorize("hasRole('admin')")
    static class MarkedClass {

        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

    }

    /** A generated base class. */
    @RpcService
    static class MarkedBase extends PlacesGrpc.PlacesImplBase {

        @Override
        @PreAuthorize("hasRole('admin')")
        public void find(PlaceName name, StreamObserver<Place> response) {
            response.onCompleted();
        }

    }

    /** What others implement. */
    interface Finds {

        @PreAuthorize("hasRole('admin')")
        Place find(PlaceName name);

    }

    /** Marked by its interface. */
    @RpcService(PlacesGrpc.class)
    static class ByInterface implements Finds {

        @Override
        public Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

    }

    /** By the older annotation. */
    @RpcService(PlacesGrpc.class)
    static class MarkedSecured {

        @org.springframework.security.access.annotation.Secured("ROLE_admin")
        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

    }

    /** Looks at the newer annotations. */
    @EnableMethodSecurity
    static class Enabled {

    }

    /** Looks at the older ones, too. */
    @EnableMethodSecurity(securedEnabled = true)
    static class EnabledForAll {

    }

}
