package io.rpcspring.test;

import java.security.Principal;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.test.context.support.WithMockUser;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A test may say who calls, where no credentials can be had.
 */
@SpringBootTest(classes = MockedCallersTests.Application.class,
        properties = { "rpc.server.ssl.bundle=none-here", "rpc.server.ssl.client-auth=need",
                "rpc.server.security.certificate.principal=spiffe" })
@InProcessRpc
@ExtendWith(OutputCaptureExtension.class)
class MockedCallersTests {

    @RpcClient("places")
    @SuppressWarnings("NullAway.Init") // set by Spring
    private PlacesBlockingStub places;

    @Test
    @WithMockUser(username = "anna", authorities = "SCOPE_read")
    void mockedUserReachesTheHandler() {
        assertThat(this.places.find(PlaceName.getDefaultInstance()).getName()).isEqualTo("anna, anna");
    }

    @Test
    @WithMockUser(username = "bert", authorities = "SCOPE_other")
    void mockedUserMayDoWhatHisAuthoritiesLet() {
        assertFails("PERMISSION_DENIED: The caller may not call places.v1.Places/Find", this.places);
    }

    @Test
    void whoIsNobodyIsRefused() {
        assertFails("UNAUTHENTICATED: places.v1.Places/Find needs credentials", this.places);
    }

    /** The test is about them, then. */
    @Test
    @WithMockUser(username = "anna", authorities = "SCOPE_read")
    void credentialsWinOverTheMock() {
        assertFails("UNAUTHENTICATED: The credentials are not valid", this.places.withCallCredentials(new Bad()));
    }

    /** What a handler calls has its caller only where it is relayed. */
    @Test
    @WithMockUser(username = "anna", authorities = "SCOPE_read")
    void mockGoesNoFurtherThanTheFirstCall() {
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> this.places.within(Area.getDefaultInstance()).next())
            .withMessageStartingWith("UNKNOWN: The server failed, id ");
    }

    @Test
    void startSaysThatCertificatesCannotBeHad(CapturedOutput output) {
        assertThat(output.toString().lines().filter((line) -> line.contains("no certificates"))).singleElement()
            .asString()
            .contains("WARN")
            .endsWith(": Calls within the JVM have no certificates: rpc.server.ssl.client-auth is 'need', so access"
                    + " rules that need one refuse every call of this test. Test those over the network: remove"
                    + " @InProcessRpc and set rpc.server.port=0");
    }

    private static void assertFails(String message, PlacesBlockingStub places) {
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> places.find(PlaceName.getDefaultInstance()))
            .satisfies(
                    (failure) -> assertThat(failure.getStatus().getCode() + ": " + failure.getStatus().getDescription())
                        .startsWith(message));
    }

    /** Bad credentials. */
    private static final class Bad extends CallCredentials {

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer bad");
            applier.apply(headers);
        }

    }

    /** The application. */
    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity
    @Import({ RpcTestAutoConfigurations.class, Places.class })
    static class Application {

        @Bean
        JwtDecoder decoder() {
            return (token) -> {
                throw new BadJwtException("None is good");
            };
        }

    }

    /** Says who calls. */
    @RpcService(PlacesGrpc.class)
    static class Places {

        @RpcClient("places")
        @SuppressWarnings("NullAway.Init") // set by Spring
        private PlacesBlockingStub places;

        @PreAuthorize("hasAuthority('SCOPE_read')")
        Place find(PlaceName name, RpcContext call) {
            Principal here = SecurityContextHolder.getContext().getAuthentication();
            return Place.newBuilder()
                .setName(Objects.requireNonNull(here).getName() + ", "
                        + Objects.requireNonNull(call.principal()).getName())
                .build();
        }

        Stream<Place> within(Area area) {
            return Stream.of(this.places.find(PlaceName.getDefaultInstance()));
        }

    }

}
