package io.rpcspring;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a server says with an error is what a client reads.
 */
@Timeout(60)
class RpcErrorTests {

    private static final BadRequest BAD = BadRequest.newBuilder()
        .addFieldViolations(BadRequest.FieldViolation.newBuilder().setField("name").setDescription("is empty"))
        .build();

    private static final Metadata.Key<byte[]> DETAILS = Metadata.Key.of("grpc-status-details-bin",
            Metadata.BINARY_BYTE_MARSHALLER);

    private static final PlaceName ANY = PlaceName.getDefaultInstance();

    private static final PlacesServer server = PlacesServer.start(Strict.class);

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Callable<Object>> calls() {
        return Stream.of(() -> PlacesGrpc.newBlockingStub(server.channel()).find(ANY),
                () -> PlacesGrpc.newBlockingV2Stub(server.channel()).find(ANY),
                () -> PlacesGrpc.newFutureStub(server.channel()).find(ANY).get(), () -> {
                    try (RpcStream<PlaceName, Place> call = RpcStream.open(server.channel(),
                            PlacesGrpc.getFindMethod())) {
                        call.send(ANY);
                        return call.finish();
                    }
                }, () -> PlacesGrpc.newBlockingStub(server.channel()).within(Area.getDefaultInstance()).next());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void detailsGetFromServerToClient(Callable<Object> call) {
        assertThatThrownBy(call::call).satisfies((thrown) -> {
            RpcError error = RpcError.from(thrown);
            assertThat(error).isEqualTo(RpcError.of(Code.INVALID_ARGUMENT, "No such place", BAD,
                    Point.newBuilder().setLatitude(1).build()));
            assertThat(error.find(BadRequest.class)).hasValue(BAD);
            assertThat(error.find(Point.class)).hasValueSatisfying((point) -> assertThat(point.getLatitude()).isOne());
            assertThat(error.find(RetryInfo.class)).isEmpty();
            assertThat(RpcErrorReason.of(error)).isEmpty();
        });
    }

    @Test
    void reasonOfAFailureIsFound() {
        assertThatThrownBy(
                () -> PlacesGrpc.newBlockingV2Stub(server.channel()).find(PlaceName.newBuilder().setName("x").build()))
            .satisfies(
                    (thrown) -> assertThat(RpcErrorReason.of(RpcError.from(thrown))).hasValue(RpcErrorReason.FAILED));
    }

    @Test
    void reasonOfOthersIsNone() {
        ErrorInfo foreign = ErrorInfo.newBuilder().setDomain("example.com").setReason("POOL_FULL").build();
        ErrorInfo later = ErrorInfo.newBuilder().setDomain(RpcErrorReason.DOMAIN).setReason("SOMETHING_NEW").build();
        assertThat(RpcErrorReason.of(RpcError.of(Code.ABORTED, "", foreign))).isEmpty();
        assertThat(RpcErrorReason.of(RpcError.of(Code.ABORTED, "", later))).isEmpty();
    }

    @Test
    void whatIsThrownIsWhatIsRead() {
        RpcError error = RpcError.of(Code.ABORTED, "busy", BAD);
        assertThat(RpcError.from(error.asException())).isEqualTo(error);
        assertThat(RpcError.from(new IllegalStateException(error.asRuntimeException()))).isEqualTo(error);
        assertThat(error.asException()).hasMessage("ABORTED: busy");
    }

    @Test
    void packedDetailIsTakenAsItIs() {
        assertThat(RpcError.of(Code.ABORTED, "", Any.pack(BAD)).find(BadRequest.class)).hasValue(BAD);
    }

    @Test
    void errorWithoutDetailsIsJustAStatus() {
        StatusException plain = RpcError.of(Code.NOT_FOUND, "").asException();
        assertThat(plain).hasMessage("NOT_FOUND");
        assertThat(Objects.requireNonNull(plain.getTrailers()).keys()).isEmpty();
        assertThat(RpcError.from(Status.NOT_FOUND.asException())).isEqualTo(RpcError.of(Code.NOT_FOUND, ""));
    }

    @Test
    void exceptionWithoutAStatusIsUnknownWithoutText() {
        Exception one = new Exception("secret");
        one.initCause(new Exception("two", one));
        assertThat(RpcError.from(one)).isEqualTo(RpcError.of(Code.UNKNOWN, ""));
        assertThat(RpcError.from(Status.OK.asException())).isEqualTo(RpcError.of(Code.UNKNOWN, ""));
    }

    @Test
    void detailsThatCannotBeReadAreNone() {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, new byte[] { 1, 2, 3 });
        assertThat(RpcError.from(Status.ABORTED.withDescription("busy").asException(trailers)))
            .isEqualTo(RpcError.of(Code.ABORTED, "busy"));
        Any broken = Any.pack(BAD).toBuilder().setValue(ByteString.copyFromUtf8("\u0001")).build();
        assertThat(RpcError.of(Code.ABORTED, "", broken).find(BadRequest.class)).isEmpty();
    }

    /** Some servers say the text in one of the two places only. */
    @Test
    void statusDecidesTheCodeAndEitherHasTheText() {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS,
                com.google.rpc.Status.newBuilder().setCode(5).setMessage("said here").build().toByteArray());
        assertThat(RpcError.from(Status.ABORTED.asException(trailers)))
            .isEqualTo(RpcError.of(Code.ABORTED, "said here"));
    }

    @Test
    void okIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> RpcError.of(Code.OK, "fine"))
            .withMessage("OK is no error");
    }

    /** Refuses what it gets. */
    @RpcService(PlacesGrpc.class)
    static class Strict {

        Place find(PlaceName name) throws StatusException {
            if (!name.getName().isEmpty()) {
                throw new IllegalStateException("secret");
            }
            throw error().asException();
        }

        void within(Area area, MessageSender<Place> out) {
            throw error().asRuntimeException();
        }

        private static RpcError error() {
            return RpcError.of(Code.INVALID_ARGUMENT, "No such place", BAD, Point.newBuilder().setLatitude(1).build());
        }

    }

}
