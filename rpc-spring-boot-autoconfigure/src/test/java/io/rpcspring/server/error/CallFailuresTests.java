package io.rpcspring.server.error;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.call.NoCall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Exceptions whose mapping has pitfalls.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class CallFailuresTests {

    private static final String METHOD = "places.v1.Places/Find";

    private static final RpcContext CALL = NoCall.of(PlacesGrpc.getFindMethod());

    private static final String FAILED = "UNKNOWN: The server failed, id [0-9a-f]{8}";

    /** Those that go over the wire. */
    private static final List<Pitfall> SENT = List.of(
            new Pitfall("causes in a circle", CallFailuresTests::circle, CallFailuresTests::noMapper, "Exception: two"),
            new Pitfall("error in a mapper", UnsupportedOperationException::new,
                    CallFailuresTests::mapperThatCannotLoad, "NoClassDefFoundError: com/example/Codes"),
            new Pitfall("OK", Status.OK::asException, CallFailuresTests::noMapper, "The status OK was thrown"));

    static Stream<Pitfall> pitfalls() {
        return Stream.concat(SENT.stream(),
                Stream.of(
                        new Pitfall("OK, runtime", Status.OK::asRuntimeException, CallFailuresTests::noMapper,
                                "The status OK was thrown"),
                        new Pitfall("OK as a cause", () -> new Exception("the first", Status.OK.asException()),
                                CallFailuresTests::noMapper, "Exception: the first"),
                        new Pitfall("OK of a mapper", () -> new Exception("the first"),
                                CallFailuresTests::mapperThatAnswersOk, "A mapper answered the status OK"),
                        new Pitfall("exception in a mapper", () -> new Exception("the first"),
                                CallFailuresTests::mapperThatFails, "the first"),
                        new Pitfall("own cause", OwnCause::new, CallFailuresTests::noMapper, "OwnCause"),
                        new Pitfall("error", () -> new StackOverflowError("deep"), CallFailuresTests::noMapper,
                                "StackOverflowError: deep")));
    }

    @ParameterizedTest
    @MethodSource("pitfalls")
    void clientGetsAnIdAndTheLogOneErrorWithIt(Pitfall pitfall, CapturedOutput output) {
        StatusException answer = failures(List.of(pitfall.mapper)).map(CALL, pitfall.thrown.get()).asException();
        assertThat(answer).hasMessageMatching(FAILED);
        assertThat(output).containsOnlyOnce("ERROR")
            .containsOnlyOnce("Call of " + METHOD + " failed, " + id(answer))
            .contains(pitfall.logged);
    }

    @Test
    void callsEndOnTheWire() {
        StarterRunner.withServerOnFreePort()
            .withBean(Pitfalls.class)
            .withBean(ExceptionMapper.class, () -> CallFailuresTests::mapperThatCannotLoad)
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    for (int i = 0; i < SENT.size(); i++) {
                        String name = String.valueOf(i);
                        Area area = Area.newBuilder().setRadiusKm(i).build();
                        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find(name))
                            .withMessageMatching(FAILED);
                        assertThatExceptionOfType(StatusRuntimeException.class)
                            .isThrownBy(() -> connection.places().within(area).hasNext())
                            .withMessageMatching(FAILED);
                    }
                }
            });
    }

    @Test
    void logThatFailsKeepsNoCallFromItsEnd(CapturedOutput output) {
        StatusException answer = failures(List.of()).map(CALL, new Unprintable()).asException();
        assertThat(answer).hasMessageMatching(FAILED);
        assertThat(output).containsOnlyOnce(id(answer)).contains(Unprintable.class.getName());
    }

    @Test
    void undeclaredExceptionIsUnwrappedIfThereIsOne() {
        CallFailures failures = failures(
                List.of((thrown) -> Status.ABORTED.withDescription(thrown.getClass().getSimpleName()).asException()));
        assertThat(failures.map(CALL, new UndeclaredThrowableException(new InterruptedException())).asException())
            .hasMessage("ABORTED: InterruptedException");
        assertThat(failures.map(CALL, new UndeclaredThrowableException(null)).asException())
            .hasMessage("ABORTED: UndeclaredThrowableException");
    }

    @Test
    void firstStatusOfTheCausesIsTheCalls(CapturedOutput output) {
        Throwable deep = Status.DATA_LOSS.asRuntimeException();
        for (int i = 0; i < 10_000; i++) {
            deep = new Exception("level " + i, deep);
        }
        assertThat(failures(List.of()).map(CALL, deep).asException()).hasMessage("DATA_LOSS");
        assertThat(failures(List.of()).map(CALL, Status.ABORTED.withCause(Status.OK.asException()).asRuntimeException())
            .asException()).hasMessage("ABORTED");
        assertThat(output).doesNotContain("ERROR");
    }

    private static CallFailures failures(List<Function<Throwable, @Nullable StatusException>> mappers) {
        return new CallFailures(new OwnStatuses(true), new FailureSettings(false, false),
                mappers.stream().<CallFailures.Mapping>map(Mapper::new).toList());
    }

    private static String id(StatusException answer) {
        return String.valueOf(answer.getMessage()).replaceAll(".*, ", "");
    }

    private static @Nullable StatusException noMapper(Throwable thrown) {
        return null;
    }

    private static StatusException mapperThatFails(Throwable thrown) {
        throw new IllegalStateException("in the mapper");
    }

    private static @Nullable StatusException mapperThatCannotLoad(Throwable thrown) {
        if (thrown instanceof UnsupportedOperationException) {
            throw new NoClassDefFoundError("com/example/Codes");
        }
        return null;
    }

    private static StatusException mapperThatAnswersOk(Throwable thrown) {
        return Status.OK.asException();
    }

    private static Exception circle() {
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        return one;
    }

    /**
     * A failure that is hard to map.
     *
     * @param name for the reader
     * @param thrown what the handler throws
     * @param mapper what is asked about it
     * @param logged what the log says
     */
    record Pitfall(String name, Supplier<Throwable> thrown, Function<Throwable, @Nullable StatusException> mapper,
            String logged) {

        @Override
        public String toString() {
            return this.name;
        }

    }

    /** As an application's mapper is asked. */
    private record Mapper(Function<Throwable, @Nullable StatusException> function) implements CallFailures.Mapping {

        @Override
        public @Nullable CallEnd map(Throwable thrown, RpcContext call) {
            StatusException answer = this.function.apply(thrown);
            return (answer != null) ? CallEnd.of(answer) : null;
        }

        @Override
        public String toString() {
            return "A mapper";
        }

    }

    /** Is its own cause. */
    static class OwnCause extends RuntimeException {

        @Override
        public synchronized Throwable getCause() {
            return this;
        }

    }

    /** Cannot be asked for anything. */
    static class Unprintable extends RuntimeException {

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

    }

    /** Throws what it is asked for. */
    @RpcService(PlacesGrpc.class)
    static class Pitfalls {

        Place find(PlaceName name) throws Throwable {
            throw SENT.get(Integer.parseInt(name.getName())).thrown.get();
        }

        void within(Area area, MessageSender<Place> out) throws Throwable {
            throw SENT.get((int) area.getRadiusKm()).thrown.get();
        }

        Distance travel(MessageReceiver<Point> in) {
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
        }

    }

}
