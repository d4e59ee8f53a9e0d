package io.rpcspring.test.slice;

import io.grpc.StatusRuntimeException;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.web.context.WebApplicationContext;

import io.rpcspring.RpcClient;
import io.rpcspring.fixture.SeenSpans;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.server.RpcServer;
import io.rpcspring.test.RpcTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;

/**
 * One service of an application, with what it needs of the starter.
 */
@ImportAutoConfiguration({ ObservationAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
        OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class })
@Import(SeenSpans.class)
@RpcTest(services = SlicedPlaces.class,
        properties = { "rpc.server.services.[clock.Clock].pool=streams",
                "rpc.server.security.rules.[clock.Clock].access=hasRole('owner')",
                "rpc.server.security.rules.[places.v1.Places].access=hasRole('traveller')",
                "rpc.server.security.basic.enabled=true", "management.tracing.sampling.probability=1" })
@ExtendWith(OutputCaptureExtension.class)
class PlacesSliceTests {

    @MockitoBean
    @SuppressWarnings("NullAway.Init") // set by Spring
    private Gazetteer gazetteer;

    @RpcClient("places")
    @SuppressWarnings("NullAway.Init") // set by Spring
    private PlacesBlockingStub places;

    @Test
    @WithMockUser(roles = "traveller")
    void theServiceIsCalledWithItsInterceptorsAndAdvices(@Autowired Log log) {
        given(this.gazetteer.find("Zurich")).willReturn(Place.newBuilder().setZone("Europe/Zurich").build());
        given(this.gazetteer.find("Nowhere")).willThrow(new UnsupportedOperationException("no such place"));
        assertThat(this.places.find(name("Zurich")).getZone()).isEqualTo("Europe/Zurich");
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.places.find(name("Nowhere")))
            .withMessage("NOT_FOUND: no such place");
        assertThat(log.calls).contains("places.v1.Places/Find");
    }

    /** Its own service's rule holds, though the slice has nobody's credentials. */
    @Test
    void whatIsConfiguredForTheRestIsLogged(CapturedOutput output) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.places.find(name("Zurich")))
            .withMessage("UNAUTHENTICATED: places.v1.Places/Find needs credentials");
        assertThat(output.toString().lines().filter((line) -> line.contains("Left out of the slice")))
            .extracting((line) -> line.substring(line.indexOf("Left out")))
            .containsExactly(
                    "Left out of the slice, or wrong: rpc.server.security.basic.enabled is true, but there are no"
                            + " users: there is no bean of type AuthenticationManager or UserDetailsService.",
                    "Left out of the slice, or wrong: rpc.server.security.rules says who may call, but nothing finds"
                            + " out who calls: nothing authenticates calls.",
                    "Left out of the slice, or wrong: The interceptor bean 'clockOnly' names the service 'clock.Clock',"
                            + " which no bean serves. Served: places.v1.Places.",
                    "Left out of the slice, or wrong: rpc.server.security.rules names the service 'clock.Clock',"
                            + " which is not served. Served: places.v1.Places, grpc.health.v1.Health.",
                    "Left out of the slice, or wrong: rpc.server.services names the service 'clock.Clock', which"
                            + " no bean serves. Served: places.v1.Places.");
        assertThat(output).doesNotContain("nothing authenticates gRPC calls");
    }

    @Test
    void theRestOfTheApplicationIsNotThere(@Autowired ApplicationContext context) {
        assertThat(context).isNotInstanceOf(WebApplicationContext.class);
        assertThat(context.getBeansOfType(Traveller.class)).isEmpty();
        RpcServer server = context.getBean(RpcServer.class);
        assertThat(server.port()).isEqualTo(-1);
        assertThat(server.report().services()).extracting((service) -> service.bean())
            .contains("slicedPlaces")
            .doesNotContain("slicedClock");
    }

    @WithMockUser(roles = "traveller")
    @Test
    void withTracingItsCallsHaveTheSpansOfProduction(@Autowired SeenSpans spans) {
        spans.forget();
        given(this.gazetteer.find("Bern")).willReturn(Place.getDefaultInstance());
        this.places.find(name("Bern"));
        SpanData client = SeenSpans.find(spans.ended(2), "places.v1.Places/Find", SpanKind.CLIENT, null);
        SpanData server = SeenSpans.find(spans.ended(2), "places.v1.Places/Find", SpanKind.SERVER, client);
        assertThat(SeenSpans.text(server, "rpc.pool")).isEqualTo("default");
    }

    private static PlaceName name(String name) {
        return PlaceName.newBuilder().setName(name).build();
    }

}
