package io.rpcspring.client.security;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthentication;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls have the token of whoever called, by the thread that makes them.
 */
class CallerTokensTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start(FreePort.find());

    @AfterEach
    void forget() {
        SecurityContextHolder.clearContext();
    }

    private ApplicationContextRunner runner() {
        return this.server.runner("places", "oauth2.relay=true");
    }

    private static PlacesGrpc.PlacesBlockingStub places(ApplicationContext context) {
        return PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"));
    }

    private @Nullable String sentBy(ApplicationContext context, Authentication caller) {
        SecurityContextHolder.getContext().setAuthentication(caller);
        places(context).find(ZURICH);
        return this.server.lastCall().header("authorization");
    }

    private static Authentication jwt(String token) {
        return new JwtAuthenticationToken(new Jwt(token, Instant.now(), Instant.now().plusSeconds(60),
                Map.of("alg", "none"), Map.of("sub", "ada")), AuthorityUtils.NO_AUTHORITIES);
    }

    private static Authentication opaque(String token) {
        return new BearerTokenAuthentication(
                new DefaultOAuth2AuthenticatedPrincipal(Map.of("sub", "ada"), AuthorityUtils.NO_AUTHORITIES),
                new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, token, Instant.now(),
                        Instant.now().plusSeconds(60), Set.of()),
                AuthorityUtils.NO_AUTHORITIES);
    }

    @Test
    void eachCallHasTheTokenOfItsCaller() {
        runner().run((context) -> {
            assertThat(sentBy(context, jwt("first"))).isEqualTo("Bearer first");
            assertThat(sentBy(context, opaque("second"))).isEqualTo("Bearer second");
        });
    }

    @Test
    void callersWithoutATokenCallWithout() {
        Authentication refused = jwt("refused");
        refused.setAuthenticated(false);
        List<Authentication> callers = List.of(refused, new TestingAuthenticationToken("ada", "password"),
                UsernamePasswordAuthenticationToken.authenticated("ada", "password", AuthorityUtils.NO_AUTHORITIES),
                new AnonymousAuthenticationToken("key", "anonymous", AuthorityUtils.createAuthorityList("nothing")));
        runner().run((context) -> {
            places(context).find(ZURICH);
            assertThat(this.server.lastCall().header("authorization")).isNull();
            for (Authentication caller : callers) {
                assertThat(sentBy(context, caller)).isNull();
            }
        });
    }

    @Test
    void channelThatDoesNotRelayKeepsTheTokenAtHome() {
        this.server.runner("places").run((context) -> assertThat(sentBy(context, jwt("first"))).isNull());
        runner()
            .withPropertyValues("rpc.client.defaults.oauth2.relay=true",
                    "rpc.client.channels.places.oauth2.relay=false")
            .run((context) -> assertThat(sentBy(context, jwt("first"))).isNull());
    }

    @Test
    void callThatBringsItsOwnKeepsIt() {
        Metadata own = new Metadata();
        own.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer own");
        runner().run((context) -> {
            SecurityContextHolder.getContext().setAuthentication(jwt("first"));
            places(context).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(own)).find(ZURICH);
            assertThat(this.server.lastCall().header("authorization")).isEqualTo("Bearer own");
        });
    }

    /** The call leaves later, by another thread. */
    @Test
    void callThatWaitsForItsServerHasTheTokenOfWhoMadeIt() {
        runner().withPropertyValues("rpc.client.channels.places.wait-for-ready=true").run((context) -> {
            int port = this.server.port();
            this.server.kill();
            PlacesGrpc.PlacesFutureStub places = PlacesGrpc
                .newFutureStub(context.getBean(RpcChannels.class).get("places"))
                .withDeadlineAfter(20, TimeUnit.SECONDS);
            SecurityContextHolder.getContext().setAuthentication(jwt("early"));
            Future<?> waiting = places.find(ZURICH);
            SecurityContextHolder.getContext().setAuthentication(jwt("late"));
            try (RecordingServer back = RecordingServer.start(port)) {
                waiting.get(20, TimeUnit.SECONDS);
                assertThat(back.lastCall().header("authorization")).isEqualTo("Bearer early");
            }
        });
    }

}
