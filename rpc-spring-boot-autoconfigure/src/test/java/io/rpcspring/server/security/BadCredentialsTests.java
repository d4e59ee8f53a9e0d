package io.rpcspring.server.security;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.fixture.DeadServer;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.PlainPasswords;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever shows bad credentials is told so, runs nothing, and learns nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class BadCredentialsTests {

    private static final AtomicInteger ran = new AtomicInteger();

    @RegisterExtension
    static final SharedServer SHARED = new SharedServer();

    @BeforeAll
    static void start() {
        SHARED.start(
                List.of(WhoPlaces.class, Interceptor.class, Tokens.decoder(), users(), new PlainPasswords(),
                        Secured.autoConfiguration("RpcPropagation"), Secured.AUTO_CONFIGURATION),
                "rpc.server.security.basic.enabled=true",
                "rpc.server.security.default-access=hasAuthority('SCOPE_read')",
                "rpc.server.security.rules.[places.v1.Places].methods.Notes=permit-all");
    }

    private static InMemoryUserDetailsManager users() {
        return new InMemoryUserDetailsManager(
                User.withUsername("anna").password("secret").authorities("SCOPE_read").build());
    }

    @BeforeEach
    void nothingHasRun() {
        ran.set(0);
    }

    @ParameterizedTest
    @EnumSource
    void refusedBeforeAnythingRuns(BadCredential shown, CapturedOutput output) {
        for (MethodDescriptor<?, ?> method : List.of(PlacesGrpc.getFindMethod(), PlacesGrpc.getWithinMethod(),
                PlacesGrpc.getTravelMethod())) {
            Ended end = call(method, shown.headers());
            assertThat(Secured.line(end)).isEqualTo(shown.line(method.getFullMethodName()));
            shown.secret().ifPresent((secret) -> assertThat(end.trailers().toString()).doesNotContain(secret));
        }
        SHARED.running().awaitIdle();
        assertThat(ran).hasValue(0);
        shown.secret().ifPresent((secret) -> assertThat(output.toString()).doesNotContain(secret));
    }

    /**
     * A caller who shows bad credentials has a reason, and is not taken for a stranger.
     */
    @ParameterizedTest
    @EnumSource
    void badOnesAreRefusedAlsoWhereEverybodyMayCall(BadCredential shown) {
        Ended end = call(PlacesGrpc.getNotesMethod(), shown.headers());
        assertThat(Secured.line(end))
            .isEqualTo(shown.isBad() ? shown.line("places.v1.Places/Notes") : "OK: null (none)");
    }

    @Test
    void goodOnesPass() {
        assertThat(call(PlacesGrpc.getFindMethod(), Secured.bearer(Tokens.of("anna", "read"))).status().isOk())
            .isTrue();
        assertThat(call(PlacesGrpc.getFindMethod(), Secured.basic("anna", "secret")).status().isOk()).isTrue();
        assertThat(ran).hasValue(2);
    }

    private static Ended call(MethodDescriptor<?, ?> method, Metadata headers) {
        return Secured.call(SHARED.running().channel(), method, headers);
    }

    /** Clients would throw good tokens away if they were told that theirs are bad. */
    @Test
    void authorizationServerThatIsDownIsNoFaultOfTheCaller(CapturedOutput output) throws Exception {
        try (DeadServer down = DeadServer.start();
                PlacesServer server = Secured.start(List.of(WhoPlaces.class,
                        NimbusJwtDecoder.withJwkSetUri("http://localhost:" + down.port() + "/keys").build()))) {
            String token = Tokens.of("anna");
            for (int i = 0; i < 3; i++) {
                Ended end = Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.bearer(token));
                assertThat(Secured.line(end))
                    .isEqualTo("UNAVAILABLE: The credentials cannot be checked now (AUTHENTICATION_UNAVAILABLE)");
            }
            assertThat(OwnLog.of(output).lines().filter((line) -> line.contains("WARN"))).singleElement()
                .asString()
                .contains("Credentials cannot be checked, calls that show them end with UNAVAILABLE: An error occurred"
                        + " while attempting to decode the Jwt: ")
                .doesNotContain(token);
            assertThat(Secured.line(Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.nobody())))
                .startsWith("UNAUTHENTICATED");
        }
    }

    /** The application's own, which must not see a refused call. */
    @RpcInterceptor
    static class Interceptor implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            ran.incrementAndGet();
            return next.startCall(call, headers);
        }

    }

}
