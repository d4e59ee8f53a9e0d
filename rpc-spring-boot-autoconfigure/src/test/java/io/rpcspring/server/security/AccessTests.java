package io.rpcspring.server.security;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AbstractAuthenticationEvent;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.event.AuthorizationDeniedEvent;

import io.rpcspring.RpcContext;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The configuration and the application's managers say who may call what.
 */
@ExtendWith(OutputCaptureExtension.class)
class AccessTests {

    private static final String RULES = "rpc.server.security.rules.[places.v1.Places].";

    private static final String SEEN = "isAuthenticated() and @'" + Threads.class.getName() + "'.test(#call.method())";

    private static final List<String> events = new CopyOnWriteArrayList<>();

    @RegisterExtension
    static final SharedServer SHARED = new SharedServer();

    @BeforeAll
    static void start() {
        SHARED.start(
                List.of(WhoPlaces.class, Tokens.decoder(), Events.class, Threads.class,
                        Secured.autoConfiguration("RpcServerHealth"), Secured.autoConfiguration("RpcServerInsight"),
                        Secured.AUTO_CONFIGURATION),
                "rpc.server.security.default-access=deny-all", RULES + "access=authenticated",
                RULES + "methods.Within=permit-all", RULES + "methods.Travel=hasAuthority('SCOPE_travel')",
                RULES + "methods.Notes=isAuthenticated() and #call.requestHeaders().keys().contains('tag')",
                "rpc.server.reflection.enabled=true", "rpc.server.channelz.enabled=true",
                "rpc.server.security.rules.[grpc.reflection.v1.ServerReflection].access=" + SEEN,
                "rpc.server.security.rules.[grpc.channelz.v1.Channelz].methods.GetServers=" + SEEN);
    }

    @BeforeEach
    void nothingHappened() {
        events.clear();
    }

    @ParameterizedTest
    @CsvSource({ "Find, '', UNAUTHENTICATED", "Find, read, OK", "Within, '', OK", "Within, read, OK",
            "Travel, '', UNAUTHENTICATED", "Travel, read, PERMISSION_DENIED", "Travel, travel, OK",
            "Notes, '', UNAUTHENTICATED", "Notes, read, PERMISSION_DENIED" })
    void ruleOfTheMethodWinsOverThatOfItsService(String method, String scope, String code) {
        Metadata headers = scope.isEmpty() ? Secured.nobody() : Secured.bearer(Tokens.of("anna", scope));
        assertThat(Secured.call(channel(), kind(method), headers).status().getCode()).hasToString(code);
    }

    @Test
    void expressionSeesTheCall() {
        Metadata headers = Secured.bearer(Tokens.of("anna"));
        headers.put(Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER), "x");
        assertThat(Secured.call(channel(), PlacesGrpc.getNotesMethod(), headers).status().isOk()).isTrue();
    }

    /** Whoever probes cannot show credentials. */
    @Test
    void healthIsOpenAlsoWhereNobodyMayCall() {
        HealthGrpc.newBlockingStub(channel()).check(HealthCheckRequest.getDefaultInstance());
        assertThat(SHARED.running().bean(RpcServer.class).poolOf("grpc.health.v1.Health/Check")).isNull();
    }

    static Stream<MethodDescriptor<?, ?>> insight() {
        return Stream.of(ServerReflectionGrpc.getServerReflectionInfoMethod(), ChannelzGrpc.getGetServersMethod());
    }

    @ParameterizedTest
    @MethodSource("insight")
    void reflectionAndChannelzFollowTheRulesOffTheTransportsThread(MethodDescriptor<?, ?> method) {
        String name = method.getFullMethodName();
        assertThat(Secured.line(Secured.call(channel(), method, Secured.nobody())))
            .isEqualTo("UNAUTHENTICATED: " + name + " needs credentials (UNAUTHENTICATED)");
        assertThat(Secured.call(channel(), method, Secured.bearer(Tokens.of("anna"))).status().isOk()).isTrue();
        assertThat(SHARED.running().bean(Threads.class).seen.get(name)).startsWith("rpc-default-");
        assertThat(SHARED.running().bean(RpcServer.class).poolOf(name)).isEqualTo("default");
    }

    /** Nobody may, so nobody is asked who he is. */
    @Test
    void strangersAreToldThatNobodyMay() {
        assertThat(Secured.line(Secured.call(channel(), ChannelzGrpc.getGetTopChannelsMethod(), Secured.nobody())))
            .isEqualTo(
                    "PERMISSION_DENIED: The caller may not call grpc.channelz.v1.Channelz/GetTopChannels (NOT_ALLOWED)");
    }

    @Test
    void springsOwnEventsArePublished() {
        Secured.call(channel(), PlacesGrpc.getTravelMethod(), Secured.bearer(Tokens.of("bert", "read")));
        Secured.call(channel(), PlacesGrpc.getFindMethod(), Secured.bearer("bad"));
        await().untilAsserted(() -> assertThat(events).containsExactly("AuthenticationSuccessEvent: bert",
                "AuthorizationDeniedEvent: bert places.v1.Places/Travel",
                "AuthenticationFailureBadCredentialsEvent: bad"));
    }

    @Test
    void managersOfTheApplicationMustLetToo() {
        try (PlacesServer server = Secured.start(List.of(WhoPlaces.class, Tokens.decoder(), Managers.class))) {
            Channel tagged = ClientInterceptors.intercept(server.channel(), tag("x"));
            Metadata anna = Secured.bearer(Tokens.of("anna"));
            assertThat(Secured.line(Secured.call(server.channel(), PlacesGrpc.getFindMethod(), anna)))
                .isEqualTo("PERMISSION_DENIED: The caller may not call places.v1.Places/Find (NOT_ALLOWED)");
            assertThat(
                    Secured.call(tagged, PlacesGrpc.getFindMethod(), Secured.bearer(Tokens.of("anna"))).status().isOk())
                .isTrue();
            assertThat(Secured.line(Secured.call(tagged, PlacesGrpc.getFindMethod(), Secured.nobody())))
                .isEqualTo("UNAUTHENTICATED: places.v1.Places/Find needs credentials (UNAUTHENTICATED)");
        }
    }

    @Test
    void dryRunLetsOnAndLogsWhatItWouldRefuse(CapturedOutput output) {
        try (PlacesServer server = Secured.start(List.of(WhoPlaces.class, Tokens.decoder()),
                RULES + "methods.Find=hasRole('admin')", "rpc.server.security.dry-run=true")) {
            assertThat(WhoPlaces.told(find(server, Secured.bearer(Tokens.of("anna"))))).isEqualTo("anna, anna");
            assertThat(WhoPlaces.told(find(server, Secured.nobody()))).isEqualTo("anonymousUser, null");
            assertThat(WhoPlaces.told(find(server, Secured.bearer("bad")))).isEqualTo("anonymousUser, null");
        }
        assertThat(output.toString().lines().filter((line) -> line.contains("Dry run")))
            .extracting((line) -> line.substring(line.indexOf("Dry run")))
            .containsExactly(
                    "Dry run: a call of anna would be refused with PERMISSION_DENIED: The caller may not call"
                            + " places.v1.Places/Find",
                    "Dry run: a call of anonymousUser would be refused with UNAUTHENTICATED: places.v1.Places/Find"
                            + " needs credentials",
                    "Dry run: a call would be refused with UNAUTHENTICATED: The credentials are not valid",
                    "Dry run: a call of anonymousUser would be refused with UNAUTHENTICATED: places.v1.Places/Find"
                            + " needs credentials");
    }

    private static Ended find(PlacesServer server, Metadata headers) {
        return Secured.call(server.channel(), PlacesGrpc.getFindMethod(), headers);
    }

    private static ClientInterceptor tag(String value) {
        Metadata tag = new Metadata();
        tag.put(Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER), value);
        return MetadataUtils.newAttachHeadersInterceptor(tag);
    }

    private static Channel channel() {
        return SHARED.running().channel();
    }

    private static MethodDescriptor<?, ?> kind(String name) {
        return PlacesGrpc.getServiceDescriptor()
            .getMethods()
            .stream()
            .filter((method) -> name.equals(method.getBareMethodName()))
            .findFirst()
            .orElseThrow();
    }

    /** The application decides, too. */
    @Configuration(proxyBeanMethods = false)
    static class Managers {

        @Bean
        AuthorizationManager<RpcContext> tagged() {
            return (caller, call) -> new AuthorizationDecision(
                    call.requestHeaders().keys().contains("tag") && call.method().startsWith("places.v1."));
        }

        /** Of something else. */
        @Bean
        AuthorizationManager<String> other() {
            return (caller, text) -> new AuthorizationDecision(false);
        }

    }

    /** Has something to say to rules. */
    static class Threads implements Predicate<String> {

        final Map<String, String> seen = new ConcurrentHashMap<>();

        @Override
        public boolean test(String method) {
            this.seen.put(method, Thread.currentThread().getName());
            return true;
        }

    }

    /** Whoever audits. */
    static class Events {

        @EventListener
        void authenticated(AbstractAuthenticationEvent event) {
            events.add(event.getClass().getSimpleName() + ": " + event.getAuthentication().getName());
        }

        @EventListener
        void denied(AuthorizationDeniedEvent<RpcContext> event) {
            events.add("AuthorizationDeniedEvent: " + event.getAuthentication().get().getName() + " "
                    + event.getObject().method());
        }

    }

}
