package io.rpcspring.server.advice;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.ConcurrentModificationException;
import java.util.EmptyStackException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipException;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcError;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.ExceptionMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which advice answers for an exception, and what its answer becomes.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class AdviceTests {

    private static final String FAILED = "UNKNOWN: The server failed, id [0-9a-f]{8}";

    private static final BadRequest BAD = BadRequest.newBuilder()
        .addFieldViolations(BadRequest.FieldViolation.newBuilder().setField("name"))
        .build();

    private static final Metadata.Key<String> WHY = Metadata.Key.of("x-why", Metadata.ASCII_STRING_MARSHALLER);

    private static final Map<String, Throwable> thrown = new ConcurrentHashMap<>();

    private static final PlacesServer server = PlacesServer.start(List.of(Places.class, Clock.class, Late.class,
            Early.class, ClockOnly.class, OnClass.class, Mapper.class, proxied()));

    private static Object proxied() {
        ProxyFactory factory = new ProxyFactory(new Proxied());
        factory.setProxyTargetClass(true);
        return factory.getProxy();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> answers() {
        return Stream.of(Arguments.of(new FileNotFoundException("x"), "NOT_FOUND: nearest"),
                Arguments.of(new IOException("x"), "DATA_LOSS: io"),
                Arguments.of(new ZipException("x"), "DATA_LOSS: io"),
                Arguments.of(new IllegalStateException("x", new IOException("y")), "DATA_LOSS: io"),
                // The exception before its causes.
                Arguments.of(new UncheckedIOException("x", new FileNotFoundException("y")), "INTERNAL: unchecked x"),
                // The first advice that has anything to say.
                Arguments.of(new ArithmeticException("x"), "ABORTED: early"),
                Arguments.of(new IllegalArgumentException("x", new ArithmeticException("y")), "ABORTED: early"),
                // Several types, without a parameter.
                Arguments.of(new DateTimeException("x"), "OUT_OF_RANGE: many"),
                Arguments.of(new NumberFormatException("x"), "OUT_OF_RANGE: many"),
                Arguments.of(new ConcurrentModificationException("x"), "ALREADY_EXISTS: places.v1.Places/Find"),
                Arguments.of(new CloneNotSupportedException("x"), "FAILED_PRECONDITION: proxied"),
                // After all advices.
                Arguments.of(new EmptyStackException(), "UNAUTHENTICATED: by the mapper"),
                Arguments.of(new CompletionException(new IOException("x")), "DATA_LOSS: io"),
                Arguments.of(new AssertionError("x"), "RESOURCE_EXHAUSTED: error"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void nearestMethodOfTheFirstAdviceAnswers(Throwable ex, String answer, CapturedOutput output) {
        assertThat(text(find(ex))).isEqualTo(answer);
        assertThat(output).doesNotContain("ERROR").doesNotContain("failed, id");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(Arguments.of(new ArrayStoreException("x"), "The method 'nothing' returned null"),
                Arguments.of(new ClassCastException("x"),
                        "The advice bean 'io.rpcspring.server.advice.AdviceTests$Late' answered the status OK"),
                Arguments.of(new NegativeArraySizeException("x"),
                        "The advice bean 'io.rpcspring.server.advice.AdviceTests$Late' answered the status OK"),
                Arguments.of(new UnsupportedOperationException("x"), "IllegalMonitorStateException: in the advice"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeOfAnAdviceIsLoggedOnceWithBoth(Throwable ex, String logged, CapturedOutput output) {
        assertThat(text(find(ex))).matches(FAILED);
        assertThat(output).containsOnlyOnce("ERROR")
            .contains("advice bean 'io.rpcspring.server.advice.AdviceTests$Late'")
            .contains(logged)
            .contains(ex.toString());
    }

    @Test
    void adviceThatNamesAServiceIsForItAlone() {
        ArithmeticException ex = new ArithmeticException("x");
        thrown.put("x", ex);
        Ended end = Flood.call(server.channel(), ClockGrpc.getTimeAtMethod(), name("x"), CallOptions.DEFAULT).join();
        assertThat(text(end)).isEqualTo("CANCELLED: clock");
    }

    @Test
    void errorsAndRichStatusesKeepTheirDetails() {
        Ended error = find(new SecurityException("x"));
        assertThat(text(error)).isEqualTo("PERMISSION_DENIED: rich error");
        assertThat(Details.find(error, BadRequest.class)).hasValue(BAD);
        Ended status = find(new IndexOutOfBoundsException("x"));
        assertThat(text(status)).isEqualTo("OUT_OF_RANGE: rich status");
        assertThat(Details.find(status, BadRequest.class)).hasValue(BAD);
    }

    @Test
    void trailersOfTheAnswerAndOfTheContextArrive() {
        Ended end = find(new ConcurrentModificationException("x"));
        assertThat(end.trailers().getAll(WHY)).containsExactly("handler", "advice");
        assertThat(find(new UncheckedIOException("x", new IOException())).trailers().get(WHY)).isEqualTo("exception");
    }

    @Test
    void statusThatAHandlerThrowsIsItsOwn() {
        assertThat(text(find(Status.ABORTED.withDescription("own").asException()))).isEqualTo("ABORTED: own");
        assertThat(text(find(new IOException(Status.ABORTED.withDescription("own").asException()))))
            .isEqualTo("ABORTED: own");
    }

    private static Ended find(Throwable ex) {
        thrown.put("x", ex);
        return Flood.call(server.channel(), PlacesGrpc.getFindMethod(), name("x"), CallOptions.DEFAULT).join();
    }

    private static PlaceName name(String name) {
        return PlaceName.newBuilder().setName(name).build();
    }

    private static String text(Ended end) {
        return end.status().getCode() + ": " + end.status().getDescription();
    }

    private static Metadata why(String text) {
        Metadata trailers = new Metadata();
        trailers.put(WHY, text);
        return trailers;
    }

    /** Throws what it finds. */
    @RpcService(PlacesGrpc.class)
    static class Places {

        Place find(PlaceName name, RpcContext context) throws Throwable {
            Throwable ex = Objects.requireNonNull(thrown.get(name.getName()));
            if (ex instanceof ConcurrentModificationException) {
                context.responseTrailers().put(WHY, "handler");
            }
            throw ex;
        }

    }

    /** The same. */
    @RpcService
    static class Clock extends ClockGrpc.ClockImplBase {

        @Override
        public void timeAt(PlaceName request, StreamObserver<LocalTime> response) {
            response.onError(Objects.requireNonNull(thrown.get(request.getName())));
        }

    }

    /** Is asked first. */
    @RpcAdvice
    @Order(1)
    static class Early {

        @RpcExceptionHandler
        Status early(ArithmeticException ex) {
            return Status.ABORTED.withDescription("early");
        }

        @RpcExceptionHandler({ DateTimeException.class, NumberFormatException.class })
        Status many() {
            return Status.OUT_OF_RANGE.withDescription("many");
        }

    }

    /** Is asked before all, for one service. */
    @RpcAdvice(services = "clock.v1.Clock")
    @Order(0)
    static class ClockOnly {

        @RpcExceptionHandler
        Status any(Throwable ex) {
            return Status.CANCELLED.withDescription("clock");
        }

    }

    /** Is asked through its proxy. */
    @RpcAdvice
    @Order(3)
    static class Proxied {

        @RpcExceptionHandler
        Status proxied(CloneNotSupportedException ex) {
            return Status.FAILED_PRECONDITION.withDescription("proxied");
        }

    }

    /** Has a method that belongs to its class. */
    @RpcAdvice
    @Order(4)
    static class OnClass {

        @RpcExceptionHandler
        static Status error(AssertionError ex) {
            return Status.RESOURCE_EXHAUSTED.withDescription("error");
        }

    }

    /** Is asked last of the advices. */
    @RpcAdvice
    static class Late {

        @RpcExceptionHandler
        Status io(IOException ex) {
            return Status.DATA_LOSS.withDescription("io");
        }

        @RpcExceptionHandler
        Status nearest(FileNotFoundException ex) {
            return Status.NOT_FOUND.withDescription("nearest");
        }

        @RpcExceptionHandler
        StatusException unchecked(UncheckedIOException ex) {
            return Status.INTERNAL.withDescription("unchecked " + ex.getMessage()).asException(why("exception"));
        }

        @RpcExceptionHandler
        Status never(ArithmeticException ex) {
            return Status.UNIMPLEMENTED;
        }

        @RpcExceptionHandler
        Status withContext(RpcContext call, ConcurrentModificationException ex) {
            call.responseTrailers().put(WHY, "advice");
            return Status.ALREADY_EXISTS.withDescription(call.method());
        }

        @RpcExceptionHandler
        RpcError error(SecurityException ex) {
            return RpcError.of(Code.PERMISSION_DENIED, "rich error", BAD);
        }

        @RpcExceptionHandler
        com.google.rpc.Status rich(IndexOutOfBoundsException ex) {
            return com.google.rpc.Status.newBuilder()
                .setCode(Code.OUT_OF_RANGE.value())
                .setMessage("rich status")
                .addDetails(Any.pack(BAD))
                .build();
        }

        @RpcExceptionHandler
        @Nullable Status nothing(ArrayStoreException ex) {
            return null;
        }

        @RpcExceptionHandler
        Status ok(ClassCastException ex) {
            return Status.OK;
        }

        @RpcExceptionHandler
        com.google.rpc.Status richOk(NegativeArraySizeException ex) {
            return com.google.rpc.Status.getDefaultInstance();
        }

        @RpcExceptionHandler
        Status failing(UnsupportedOperationException ex) {
            throw new IllegalMonitorStateException("in the advice");
        }

    }

    /** Is asked after the advices. */
    static class Mapper implements ExceptionMapper {

        @Override
        public @Nullable StatusException map(Throwable ex) {
            return (ex instanceof EmptyStackException || ex instanceof ArithmeticException)
                    ? Status.UNAUTHENTICATED.withDescription("by the mapper").asException() : null;
        }

    }

}
