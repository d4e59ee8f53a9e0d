package io.rpcspring.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import io.rpcspring.test.InProcessRpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a person finds in the console, with the comments that the build has written.
 */
@InProcessRpc
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ConsoleTests {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String host;

    ConsoleTests(@Value("${local.server.port}") int port) {
        this.host = "localhost:" + port;
    }

    @Test
    void consoleTellsWhatTheProtosSay() throws Exception {
        Frames frames = new Frames();
        WebSocket socket = CLIENT.newWebSocketBuilder()
            .header("Origin", "http://" + this.host)
            .buildAsync(URI.create("ws://" + this.host + "/rpc/socket"), frames)
            .join();
        socket.sendText("{\"type\": \"hello\", \"token\": \"" + token() + "\"}", true).join();
        DocumentContext hello = JsonPath.parse(frames.next());
        assertThat(hello.<String>read("$.application")).isEqualTo("places");
        assertThat(hello.<String>read("$.services[0].comment"))
            .isEqualTo("What time it is elsewhere. A second service, to show that one server has room for many.");
        assertThat(hello.<String>read("$.services[1].methods[0].comment")).isEqualTo(
                "Unary: one request, one response. Finds a place by its name.\nAnswers NOT_FOUND when there is no such place.");
        socket.sendText("{\"type\": \"describe\", \"types\": [\"places.v1.Point\"]}", true).join();
        DocumentContext types = JsonPath.parse(frames.next());
        assertThat(types.<String>read("$.types['places.v1.Point'].fields[0].comment"))
            .isEqualTo("-90 (south pole) to 90 (north pole).");
        assertThat(types.<String>read("$.types['places.v1.Point'].fields[0].rules[0]")).isEqualTo("≤ 90");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    private String token() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + this.host + "/rpc/session")).build();
        return JsonPath.parse(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body()).read("$.token");
    }

    /** What the server has sent. */
    private static final class Frames implements WebSocket.Listener {

        private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();

        private final StringBuilder part = new StringBuilder();

        private @Nullable String next() throws InterruptedException {
            return this.whole.poll(20, TimeUnit.SECONDS);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            this.part.append(data);
            if (last) {
                this.whole.add(this.part.toString());
                this.part.setLength(0);
            }
            socket.request(1);
            return null;
        }

    }

}
