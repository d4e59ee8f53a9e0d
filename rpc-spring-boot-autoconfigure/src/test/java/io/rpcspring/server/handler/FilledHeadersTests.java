package io.rpcspring.server.handler;

import java.util.List;
import java.util.Objects;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.fixture.Styles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Response headers and trailers that a plain object has filled arrive, also with a
 * failure before the first message.
 */
@ParameterizedClass
@ValueSource(classes = { Styles.Plain.class, Styles.Staged.class })
class FilledHeadersTests {

    private static final Metadata.Key<String> NOTE = Metadata.Key.of("x-note", Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    @Parameter
    Class<?> style = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> style) {
        SERVER.start(List.of(style, new Diary()));
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    <Q, R> void theyArriveWithAStatusBeforeTheFirstMessage(MethodDescriptor<Q, R> kind) {
        SERVER.running().bean(Diary.class).beforeResponses((context) -> {
            fill(context);
            throw Status.INVALID_ARGUMENT.withDescription("too far").asException();
        });
        assertArrive(kind, "INVALID_ARGUMENT: too far");
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    <Q, R> void theyArriveWithAnUnexpectedFailure(MethodDescriptor<Q, R> kind) {
        SERVER.running().bean(Diary.class).beforeResponses((context) -> {
            fill(context);
            throw new IllegalStateException("secret");
        });
        assertArrive(kind, "UNKNOWN: The server failed, id [0-9a-f]{8}");
    }

    private static void fill(@Nullable RpcContext context) {
        RpcContext own = Objects.requireNonNull(context);
        own.responseHeaders().put(NOTE, "in the headers");
        own.responseTrailers().put(NOTE, "in the trailers");
    }

    private static <Q, R> void assertArrive(MethodDescriptor<Q, R> kind, String message) {
        try (RpcStream<Q, R> call = RpcStream.open(SERVER.running().channel(), kind)) {
            call.send(Flood.request(kind));
            call.halfClose();
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::hasNext)
                .withMessageMatching(message);
            assertThat(call.headers().get(NOTE)).isEqualTo("in the headers");
            assertThat(call.trailers().get(NOTE)).isEqualTo("in the trailers");
        }
    }

}
