package io.rpcspring.server.error;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.RawConnection.Frame;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.ExceptionMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What nobody has mapped stays inside: of what goes over the wire nothing tells how the
 * server is made.
 */
@Timeout(60)
class OpaqueFailureTests {

    private static final String SQL = "SELECT secret FROM customer WHERE host = 'db-7.internal'";

    private static final Pattern DETAILS = Pattern.compile("grpc-status-details-bin.{1,3}?([A-Za-z0-9+/]{20,})",
            Pattern.DOTALL);

    private static final PlacesServer server = PlacesServer.start(List.of(Places.class, Clock.class, Mapper.class));

    private static final PlacesServer talkative = PlacesServer.start(List.of(Places.class, Clock.class),
            "rpc.server.errors.include-message=always");

    @AfterAll
    static void stop() {
        server.close();
        talkative.close();
    }

    static Stream<Arguments> calls() {
        return Stream.of("/places.v1.Places/Find", "/clock.v1.Clock/TimeAt")
            .flatMap((path) -> IntStream.range(0, Places.FAILURES.size()).mapToObj((i) -> Arguments.of(path, i)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void nothingOfTheInsideIsOnTheWire(String path, int failure) throws IOException {
        try (RawConnection connection = RawConnection.to(server.port())) {
            byte[] request = PlaceName.newBuilder().setName(String.valueOf(failure)).build().toByteArray();
            connection.write(RawConnection.call(1, path)).write(RawConnection.message(1, false, request));
            assertThat(connection.status()).matches("2 The server failed, id [0-9a-f]{8}");
            String wire = connection.received().stream().map(Frame::payload).collect(Collectors.joining("\n"));
            Matcher details = DETAILS.matcher(wire);
            assertThat(details.find()).as(wire).isTrue();
            String decoded = new String(Base64.getDecoder().decode(details.group(1)), StandardCharsets.ISO_8859_1);
            assertThat(decoded).contains("rpcspring.io").contains("FAILED");
            assertThat(wire + decoded).doesNotContainIgnoringCase("select")
                .doesNotContainIgnoringCase("customer")
                .doesNotContain("db-7")
                .doesNotContain("secret")
                .doesNotContain("java")
                .doesNotContain("Exception")
                .doesNotContain("io.rpcspring")
                .doesNotContain("Places.java")
                .doesNotContain("\tat ");
        }
    }

    @Test
    void messageIsShownIfThatIsWanted() {
        assertThat(description(talkative, "0")).matches("The server failed, id [0-9a-f]{8}: " + Pattern.quote(SQL));
        assertThat(description(talkative, "4")).matches("The server failed, id [0-9a-f]{8}");
    }

    private static @Nullable String description(PlacesServer to, String name) {
        return Flood
            .call(to.channel(), PlacesGrpc.getFindMethod(), PlaceName.newBuilder().setName(name).build(),
                    CallOptions.DEFAULT)
            .join()
            .status()
            .getDescription();
    }

    /** Fails with what has internals. */
    @RpcService(PlacesGrpc.class)
    static class Places {

        private static final List<Supplier<RuntimeException>> FAILURES = List.of(() -> new IllegalStateException(SQL),
                () -> new IllegalStateException("x", new IOException(SQL)),
                () -> new UnsupportedOperationException(SQL), () -> Status.OK.withDescription(SQL).asRuntimeException(),
                IllegalStateException::new, () -> Status.UNKNOWN.withCause(new IOException(SQL)).asRuntimeException());

        private static RuntimeException failure(PlaceName name) {
            return FAILURES.get(Integer.parseInt(name.getName())).get();
        }

        Place find(PlaceName name) {
            throw failure(name);
        }

    }

    /** The same. */
    @RpcService
    static class Clock extends ClockGrpc.ClockImplBase {

        @Override
        public void timeAt(PlaceName request, StreamObserver<LocalTime> response) {
            response.onError(Places.failure(request));
        }

    }

    /** Fails for one of them. */
    static class Mapper implements ExceptionMapper {

        @Override
        public @Nullable StatusException map(Throwable thrown) {
            if (thrown instanceof UnsupportedOperationException) {
                throw new IllegalArgumentException(SQL);
            }
            return null;
        }

    }

}
