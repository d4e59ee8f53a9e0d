package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.support.GenericApplicationContext;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Long texts, large headers and trailers: they cost nobody a call, and the code arrives.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongAnswerTests {

    private static final Metadata.Key<String> LARGE = Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> SMALL = Metadata.Key.of("small", Metadata.ASCII_STRING_MARSHALLER);

    private final GenericApplicationContext context = new GenericApplicationContext();

    private Connection connection = Connection.to("localhost:1");

    @BeforeAll
    void start() {
        this.context.registerBean(Places.class);
        this.context.registerBean(Clock.class);
        StarterRunner.addStarter(this.context);
        this.context.refresh();
        this.connection.close();
        this.connection = Connection.to(this.context);
    }

    @AfterAll
    void stop() {
        this.connection.close();
        this.context.close();
    }

    @ParameterizedTest
    @CsvSource({ "ä, 2000", "汉, 900", "x, 9000", "x, 100000", "😀, 5000" })
    void codeAndBeginningOfLongTextsArriveFromBothStyles(String character, int times) {
        String text = times + " " + character;
        for (StatusRuntimeException failure : new StatusRuntimeException[] { find("text " + text),
                catchThrowableOfType(StatusRuntimeException.class, () -> timeAt(text)) }) {
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(failure.getStatus().getDescription()).startsWith(character.repeat(100))
                .endsWith("… (shortened)");
        }
    }

    @Test
    void textThatFitsIsLeftAlone() {
        assertThat(find("text 4000 x").getStatus().getDescription()).isEqualTo("x".repeat(4000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = { "text 20000 x", "trailers 9000 x", "trailers 20000 x", "headers 9000 x", "headers 20000 x" })
    void neighboursOnTheConnectionGoOn(String what) {
        try (RpcStream<Note, Note> neighbour = RpcStream.open(this.connection.channel(), PlacesGrpc.getNotesMethod())) {
            for (int i = 0; i < 5; i++) {
                neighbour.send(Note.getDefaultInstance());
                neighbour.next();
                assertThat(find(what).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
            neighbour.halfClose();
            assertThat(neighbour.hasNext()).isFalse();
            assertThat(neighbour.status().isOk()).isTrue();
        }
    }

    @Test
    void smallTrailersStayWhenLargeOnesGo() {
        Metadata trailers = Status.trailersFromThrowable(find("trailers 9000 x"));
        assertThat(trailers).isNotNull();
        assertThat(trailers.keys()).contains("small").doesNotContain("large");
    }

    private StatusRuntimeException find(String name) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> this.connection.find(name));
    }

    private void timeAt(String name) {
        assertThat(ClockGrpc.newBlockingStub(this.connection.channel())
            .timeAt(PlaceName.newBuilder().setName(name).build())).isNull();
    }

    private static String text(String times, String character) {
        return character.repeat(Integer.parseInt(times));
    }

    /**
     * Fails with what the name says.
     */
    @RpcService(PlacesGrpc.class)
    static final class Places {

        Place find(PlaceName name, RpcContext context) throws StatusException {
            String[] what = name.getName().split(" ", -1);
            String text = text(what[1], what[2]);
            if (what[0].equals("text")) {
                throw Status.INVALID_ARGUMENT.withDescription(text).asException();
            }
            Metadata metadata = what[0].equals("headers") ? context.responseHeaders() : context.responseTrailers();
            metadata.put(LARGE, text);
            metadata.put(SMALL, "small");
            throw Status.INVALID_ARGUMENT.asException();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

    }

    /**
     * Fails with a text.
     */
    @RpcService
    static final class Clock extends ClockGrpc.ClockImplBase {

        @Override
        public void timeAt(PlaceName name, StreamObserver<LocalTime> out) {
            String[] what = name.getName().split(" ", -1);
            out.onError(Status.INVALID_ARGUMENT.withDescription(text(what[0], what[1])).asException());
        }

    }

}
