package io.rpcspring.console;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A tab of a browser: sends what the page would, and keeps what comes.
 */
final class Browser implements WebSocket.Listener, AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final List<JsonObject> frames = new CopyOnWriteArrayList<>();

    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    /** Otherwise it takes nothing more. */
    volatile boolean listens = true;

    private final StringBuilder part = new StringBuilder();

    private @Nullable WebSocket socket;

    private Browser() {
    }

    static Browser open(ConsoleServer server, String path) {
        try {
            String token = JsonParser.parseString(server.get(path + "/session").body())
                .getAsJsonObject()
                .get("token")
                .getAsString();
            Browser browser = connect(server, path, "http://localhost:" + server.port()).join();
            browser.send("{'type':'hello','token':'" + token + "'}");
            return browser;
        }
        catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** Says nothing yet. */
    static CompletableFuture<Browser> connect(ConsoleServer server, String path, @Nullable String origin) {
        Browser browser = new Browser();
        WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
        if (origin != null) {
            builder.header("Origin", origin);
        }
        return builder.buildAsync(URI.create("ws://localhost:" + server.port() + path + "/socket"), browser)
            .thenApply((socket) -> {
                browser.socket = socket;
                return browser;
            })
            .orTimeout(20, TimeUnit.SECONDS);
    }

    WebSocket socket() {
        return Objects.requireNonNull(this.socket);
    }

    /** Single quotes for double ones. */
    void send(String frame) {
        sendAsItIs(frame.replace('\'', '"'));
    }

    void sendAsItIs(String frame) {
        socket().sendText(frame, true).join();
    }

    /** Starts a call of a method with a request. */
    void start(int call, String method, String json, String more) {
        start(call, "places.v1.Places", method, json, more);
    }

    void start(int call, String service, String method, String json, String more) {
        send("{'type':'start','call':" + call + ",'service':'" + service + "','method':'" + method + "'"
                + (json.isEmpty() ? "" : ",'json':" + quoted(json)) + more + "}");
    }

    static String quoted(String json) {
        return "'" + json.replace('\'', '"').replace("\\", "\\\\").replace("\"", "\\\"") + "'";
    }

    /** The first frame of a type. */
    JsonObject await(String type) {
        return await(type, (frame) -> true);
    }

    JsonObject await(String type, int call) {
        return await(type, (frame) -> frame.get("call").getAsInt() == call);
    }

    JsonObject await(String type, Predicate<JsonObject> which) {
        return Awaitility.await(type)
            .until(() -> all(type).stream().filter(which).findFirst(), Optional::isPresent)
            .orElseThrow();
    }

    List<JsonObject> all(String type) {
        return this.frames.stream().filter((frame) -> frame.get("type").getAsString().equals(type)).toList();
    }

    List<JsonObject> messages(int call) {
        return all("message").stream().filter((frame) -> frame.get("call").getAsInt() == call).toList();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        this.part.append(data);
        if (last) {
            this.frames.add(JsonParser.parseString(this.part.toString()).getAsJsonObject());
            this.part.setLength(0);
        }
        if (this.listens) {
            from.request(1);
        }
        return CompletableFuture.completedFuture(null);
    }

    /** It is answered, as by browsers, without being asked. */
    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        if (this.listens) {
            from.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        this.closed.complete(code);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        this.closed.complete(-1);
    }

    int closeCode() {
        return this.closed.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket().sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

}
