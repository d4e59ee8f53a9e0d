package io.rpcspring.server.handler;

import java.util.Map;
import java.util.TreeMap;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.words.Word;
import io.rpcspring.fixture.words.WordsGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Methods whose names are those of Java.
 */
class WordsTests {

    @ParameterizedTest
    @ValueSource(classes = { PlainWords.class, WordRecord.class, BaseWords.class })
    void handlersAreCalledAsTheGeneratorCallsThem(Class<?> service) {
        StarterRunner.withServerOnFreePort().withBean(service).run((context) -> {
            assertThat(context).hasNotFailed();
            Map<String, String> answers = new TreeMap<>();
            try (Connection connection = Connection.to(context)) {
                WordsGrpc.getServiceDescriptor()
                    .getMethods()
                    .forEach((method) -> answers.put(method.getBareMethodName(), answer(connection, method)));
            }
            assertThat(answers).isEqualTo(new TreeMap<>(Map.of("Import", "import_", "Class", "class_", "HashCode",
                    "hashCode", "ToString", "toString", "_Under_score", "_UnderScore")));
        });
    }

    @SuppressWarnings("unchecked") // all methods of the service are alike
    private static String answer(Connection connection, MethodDescriptor<?, ?> method) {
        return ClientCalls
            .blockingUnaryCall(connection.channel(), (MethodDescriptor<Word, Word>) method, CallOptions.DEFAULT,
                    Word.getDefaultInstance())
            .getText();
    }

    private static Word word(String text) {
        return Word.newBuilder().setText(text).build();
    }

    /** Handlers. */
    static class Handlers {

        Word import_(Word request) {
            return word("import_" + request.getText());
        }

        Word class_(Word request) {
            return word("class_" + request.getText());
        }

        Word hashCode(Word request) {
            return word("hashCode" + request.getText());
        }

        Word toString(Word request) {
            return word("toString" + request.getText());
        }

        Word _UnderScore(Word request) {
            return word("_UnderScore" + request.getText());
        }

    }

    /** Has what every object has, and handlers of the same names. */
    @RpcService(WordsGrpc.class)
    static class PlainWords extends Handlers {

        @Override
        public boolean equals(Object other) {
            return other instanceof PlainWords;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public String toString() {
            return "words";
        }

    }

    /** A record, which has these methods without a word. */
    @RpcService(WordsGrpc.class)
    record WordRecord() {

        Word import_(Word request) {
            return new Handlers().import_(request);
        }

        Word class_(Word request) {
            return new Handlers().class_(request);
        }

        Word hashCode(Word request) {
            return new Handlers().hashCode(request);
        }

        Word toString(Word request) {
            return new Handlers().toString(request);
        }

        Word _UnderScore(Word request) {
            return new Handlers()._UnderScore(request);
        }

    }

    /** As the generator has it. */
    @RpcService
    static class BaseWords extends WordsGrpc.WordsImplBase {

        private final Handlers words = new Handlers();

        private static void answer(StreamObserver<Word> response, Word word) {
            response.onNext(word);
            response.onCompleted();
        }

        @Override
        public void import_(Word request, StreamObserver<Word> response) {
            answer(response, this.words.import_(request));
        }

        @Override
        public void class_(Word request, StreamObserver<Word> response) {
            answer(response, this.words.class_(request));
        }

        @Override
        public void hashCode(Word request, StreamObserver<Word> response) {
            answer(response, this.words.hashCode(request));
        }

        @Override
        public void toString(Word request, StreamObserver<Word> response) {
            answer(response, this.words.toString(request));
        }

        @Override
        public void _UnderScore(Word request, StreamObserver<Word> response) {
            answer(response, this.words._UnderScore(request));
        }

    }

}
