package io.rpcspring.server.error;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.ExceptionMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The status of a call that a handler has made itself is nothing that its caller is told.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class InnerFailureTests {

    private static final String ADDRESS = "db-7.internal:5432";

    private static final Metadata.Key<String> NODE = key("x-internal-node");

    private static final Metadata.Key<String> PUSHBACK = key("grpc-retry-pushback-ms");

    private static final int REFUSING = FreePort.find();

    private static final PlacesServer inner = PlacesServer.start(Inner.class);

    private static final PlacesServer front = start();

    private static final PlacesServer passing = start("rpc.server.errors.pass-on-client-failures=true");

    private static PlacesServer start(String... more) {
        return PlacesServer.start(List.of(Front.class, Observers.class, Mapper.class),
                Stream
                    .concat(Stream.of("rpc.client.channels.inner.target=localhost:" + inner.port(),
                            "rpc.client.channels.nobody.target=localhost:" + REFUSING), Stream.of(more))
                    .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        front.close();
        passing.close();
        inner.close();
    }

    @ParameterizedTest
    @EnumSource(names = { "STUB", "FUTURE", "STREAM", "CAUSE", "V2_STUB", "V2_CALL" })
    void textAndTrailersStayInside(Way way, CapturedOutput output) {
        for (MethodDescriptor<PlaceName, ?> service : List.of(PlacesGrpc.getFindMethod(),
                ClockGrpc.getTimeAtMethod())) {
            Ended end = call(front, service, way, Code.INVALID_ARGUMENT);
            assertOpaque(end, Code.UNKNOWN);
            assertThat(output).containsOnlyOnce(id(end))
                .contains("INVALID_ARGUMENT: column customer.ssn is too long")
                .contains(" through channel 'inner' to localhost:" + inner.port() + " failed");
        }
    }

    @ParameterizedTest
    @EnumSource(names = { "UNAVAILABLE", "DEADLINE_EXCEEDED" })
    void codesThatSayWhenToTryAgainStay(Code code) {
        assertOpaque(call(front, PlacesGrpc.getFindMethod(), Way.STUB, code), code);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "OK", "UNAVAILABLE", "DEADLINE_EXCEEDED" })
    void allOthersAreUnknown(Code code) {
        assertOpaque(call(front, PlacesGrpc.getFindMethod(), Way.STUB, code), Code.UNKNOWN);
    }

    @Test
    void addressOfAServerThatIsNotThereStaysInside(CapturedOutput output) {
        Ended end = call(front, PlacesGrpc.getFindMethod(), Way.NOBODY, Code.OK);
        assertOpaque(end, Code.UNAVAILABLE);
        assertThat(output).containsOnlyOnce("ERROR").contains("channel 'nobody' to localhost:" + REFUSING);
    }

    @Test
    void serviceThatClosesItsCallsItselfKeepsItInside(CapturedOutput output) {
        try (PlacesServer server = PlacesServer.start(SelfBound.class,
                "rpc.client.channels.inner.target=localhost:" + inner.port())) {
            Ended end = call(server, ClockGrpc.getTimeAtMethod(), Way.STUB, Code.INVALID_ARGUMENT);
            assertOpaque(end, Code.UNKNOWN);
            assertThat(output).containsOnlyOnce(id(end));
        }
    }

    @ParameterizedTest
    @EnumSource(names = { "CLOSED_STREAM", "INTERRUPT" })
    void cancellingAnInnerCallDoesNotCancelTheCallersOwn(Way way) {
        Ended end = call(front, PlacesGrpc.getFindMethod(), way, Code.OK);
        assertThat(end.status().getCode()).isEqualTo(Code.UNKNOWN);
        assertThat(end.status().getDescription()).matches("The server failed, id [0-9a-f]{8}");
    }

    @Test
    void statusThatTheHandlerMakesIsItsOwnWhateverItsCause(CapturedOutput output) {
        Ended end = call(front, PlacesGrpc.getFindMethod(), Way.OWN_STATUS, Code.INVALID_ARGUMENT);
        assertThat(end.status().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(end.status().getDescription()).isEqualTo("not now");
        assertThat(end.trailers().keys()).doesNotContain(NODE.name());
        assertThat(output).doesNotContain("ERROR");
    }

    @Test
    void statusTakenFromTheExceptionIsStillNotTheHandlersOwn() {
        assertOpaque(call(front, PlacesGrpc.getFindMethod(), Way.SAME_STATUS, Code.INVALID_ARGUMENT), Code.UNKNOWN);
    }

    @Test
    void mapperIsAskedAndMayPassItOn(CapturedOutput output) {
        Ended end = call(front, PlacesGrpc.getFindMethod(), Way.STUB, Code.ABORTED, "mapped");
        assertThat(end.status().getCode()).isEqualTo(Code.ABORTED);
        assertThat(end.status().getDescription()).isEqualTo("by the mapper");
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @EnumSource(names = { "STUB", "FUTURE", "STREAM", "CAUSE", "V2_STUB", "V2_CALL" })
    void everythingIsPassedOnIfThatIsWanted(Way way, CapturedOutput output) {
        for (MethodDescriptor<PlaceName, ?> service : List.of(PlacesGrpc.getFindMethod(),
                ClockGrpc.getTimeAtMethod())) {
            Ended end = call(passing, service, way, Code.INVALID_ARGUMENT);
            assertThat(end.status().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(end.status().getDescription()).isEqualTo("column customer.ssn is too long");
            assertThat(end.trailers().get(NODE)).isEqualTo(ADDRESS);
        }
        assertThat(output).doesNotContain("ERROR");
    }

    private static void assertOpaque(Ended end, Code code) {
        assertThat(end.status().getCode()).as("%s", end.status()).isEqualTo(code);
        assertThat(end.status().getDescription()).matches("The server failed, id [0-9a-f]{8}");
        assertThat(end.trailers().keys()).containsOnly("content-type", "grpc-status-details-bin");
        assertThat(Details.reason(end)).isEqualTo("rpcspring.io/INNER_CALL_FAILED");
        assertThat(Details.all(end)).hasSize(1);
    }

    private static String id(Ended end) {
        return String.valueOf(end.status().getDescription()).replaceAll(".*, ", "");
    }

    private static Ended call(PlacesServer server, MethodDescriptor<PlaceName, ?> method, Way way, Code code) {
        return call(server, method, way, code, "");
    }

    private static Ended call(PlacesServer server, MethodDescriptor<PlaceName, ?> method, Way way, Code code,
            String more) {
        PlaceName request = PlaceName.newBuilder().setName(way + " " + code + " " + more).build();
        return Flood.call(server.channel(), method, request, CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** How the front calls, and what it makes of the failure. */
    enum Way {

        STUB, FUTURE, STREAM, CAUSE, V2_STUB, V2_CALL, NOBODY, CLOSED_STREAM, INTERRUPT, OWN_STATUS, SAME_STATUS;

        private Object call(Channel inner, Channel nobody, PlaceName name) throws Exception {
            return switch (this) {
                case STUB, OWN_STATUS, SAME_STATUS, CAUSE -> PlacesGrpc.newBlockingStub(inner).find(name);
                case FUTURE -> PlacesGrpc.newFutureStub(inner).find(name).get();
                case STREAM -> {
                    try (RpcStream<PlaceName, Place> stream = RpcStream.open(inner, PlacesGrpc.getFindMethod())) {
                        stream.send(name);
                        yield stream.finish();
                    }
                }
                case V2_STUB -> PlacesGrpc.newBlockingV2Stub(inner).find(name);
                case V2_CALL -> PlacesGrpc.newBlockingV2Stub(inner)
                    .within(Area.newBuilder().setRadiusKm(codeOf(name)).build())
                    .read();
                case NOBODY -> PlacesGrpc.newBlockingStub(nobody).find(name);
                case CLOSED_STREAM -> {
                    RpcStream<Note, Note> stream = RpcStream.open(inner, PlacesGrpc.getNotesMethod());
                    stream.close();
                    stream.send(Note.getDefaultInstance());
                    yield stream;
                }
                case INTERRUPT -> {
                    Thread.currentThread().interrupt();
                    yield PlacesGrpc.newBlockingStub(inner).find(name);
                }
            };
        }

        private Exception failure(Exception thrown) {
            return switch (this) {
                case CAUSE -> new IllegalStateException("wrapped", thrown);
                case OWN_STATUS ->
                    Status.FAILED_PRECONDITION.withDescription("not now").withCause(thrown).asException();
                case SAME_STATUS -> Status.fromThrowable(thrown).withDescription("reworded").asException();
                default -> thrown;
            };
        }

    }

    private static int codeOf(PlaceName name) {
        return Code.valueOf(name.getName().split(" ", -1)[1]).value();
    }

    private static void call(PlaceName name, Channel inner, Channel nobody) throws Exception {
        Way way = Way.valueOf(name.getName().split(" ", -1)[0]);
        try {
            way.call(inner, nobody, name);
        }
        catch (Exception ex) {
            throw way.failure(ex);
        }
    }

    /** Fails as it is told. */
    @RpcService(PlacesGrpc.class)
    static class Inner {

        Place find(PlaceName name) {
            throw failure(codeOf(name), name.getName().endsWith("mapped"));
        }

        void within(Area area, MessageSender<Place> out) {
            throw failure((int) area.getRadiusKm(), false);
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

        private static StatusRuntimeException failure(int code, boolean mapped) {
            Metadata trailers = new Metadata();
            trailers.put(NODE, ADDRESS);
            trailers.put(PUSHBACK, "12345");
            return Status.fromCodeValue(code)
                .withDescription(mapped ? "mapped" : "column customer.ssn is too long")
                .asRuntimeException(trailers);
        }

    }

    /** Calls before it answers. */
    @RpcService(PlacesGrpc.class)
    static class Front {

        private final Channel inner;

        private final Channel nobody;

        Front(@RpcClient("inner") Channel inner, @RpcClient("nobody") Channel nobody) {
            this.inner = inner;
            this.nobody = nobody;
        }

        Place find(PlaceName name) throws Exception {
            call(name, this.inner, this.nobody);
            return Place.getDefaultInstance();
        }

    }

    /** The same in a generated base class. */
    @RpcService
    static class Observers extends ClockGrpc.ClockImplBase {

        private final Channel inner;

        Observers(@RpcClient("inner") Channel inner) {
            this.inner = inner;
        }

        @Override
        public void timeAt(PlaceName request, StreamObserver<LocalTime> response) {
            try {
                call(request, this.inner, this.inner);
            }
            catch (Exception ex) {
                response.onError(ex);
            }
        }

    }

    /** The same with grpc-java's own observers, which close the call themselves. */
    @RpcService
    record SelfBound(@RpcClient("inner") Channel inner) implements BindableService {

        @Override
        public ServerServiceDefinition bindService() {
            return ServerServiceDefinition.builder(ClockGrpc.getServiceDescriptor())
                .addMethod(ClockGrpc.getTimeAtMethod(), ServerCalls.asyncUnaryCall(
                        (request, response) -> PlacesGrpc.newStub(this.inner).find(request, new StreamObserver<>() {

                            @Override
                            public void onNext(Place place) {
                                response.onNext(LocalTime.getDefaultInstance());
                            }

                            @Override
                            public void onError(Throwable thrown) {
                                response.onError(thrown);
                            }

                            @Override
                            public void onCompleted() {
                                response.onCompleted();
                            }

                        })))
                .build();
        }

    }

    /** Knows one text. */
    static class Mapper implements ExceptionMapper {

        @Override
        public @Nullable StatusException map(Throwable thrown) {
            return (thrown instanceof StatusRuntimeException ex && "mapped".equals(ex.getStatus().getDescription()))
                    ? Status.ABORTED.withDescription("by the mapper").asException() : null;
        }

    }

}
