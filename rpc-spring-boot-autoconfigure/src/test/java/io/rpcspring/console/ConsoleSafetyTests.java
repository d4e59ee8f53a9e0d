package io.rpcspring.console;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Who gets the console, and what else of it: not strangers, and not their pages.
 */
class ConsoleSafetyTests {

    private static final ConsoleServer SERVER = ConsoleServer.start(List.of(TriedPlaces.class),
            "server.servlet.context-path=/app", "rpc.console.path=/try/it", "rpc.console.allowed-hosts=Proxy.example");

    private static final String PATH = "/app/try/it";

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void pageMayNotBeFramedNorRunForeignScripts() throws Exception {
        for (String path : List.of("/", "/session", "/nothing", "/socket")) {
            HttpResponse<String> answer = SERVER.get(PATH + path);
            assertThat(answer.headers().firstValue("Content-Security-Policy")).as(path)
                .contains("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none';"
                        + " frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script';"
                        + " trusted-types 'none'");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        }
    }

    @Test
    void pathWithoutSlashLeadsToThePage() throws Exception {
        HttpResponse<String> answer = SERVER.get(PATH);
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).contains("/app/try/it/");
    }

    @Test
    void filesHaveTheirTypesAndAreFetchedOnce() throws Exception {
        HttpResponse<String> page = SERVER.get(PATH + "/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
        String tag = page.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = SERVER.get(PATH + "/", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(SERVER.get(PATH + "/session").headers().firstValue("Cache-Control")).contains("no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = { "/nothing.js", "/../spring.factories", "/%2e%2e/spring.factories", "/js/", "/index",
            "/..%2fspring.factories", "/spring.factories", "/index.html/" })
    void nothingElseIsServed(String path) throws IOException {
        assertThat(raw("GET " + PATH + path + " HTTP/1.1", "Host: localhost")).matches("(?s)HTTP/1.1 (404|400) .*");
    }

    @ParameterizedTest
    @ValueSource(strings = { "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE" })
    void onlyGetIsAnswered(String method) throws Exception {
        HttpResponse<String> answer = SERVER
            .send(HttpRequest.newBuilder(URI.create("http://localhost:" + SERVER.port() + PATH + "/"))
                .method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(405);
    }

    @Test
    void getStartsNoCall() throws Exception {
        long before = started();
        for (String path : List.of("/", "/session", "/socket", "/?service=places.v1.Places&method=Find&json={}",
                "/socket?type=start&service=places.v1.Places&method=Find&json={}", "/places.v1.Places/Find")) {
            SERVER.get(PATH + path.replace("{}", "%7B%7D"));
        }
        assertThat(started()).isEqualTo(before);
    }

    private static long started() {
        return SERVER.bean(RpcServer.class)
            .poolStatistics()
            .values()
            .stream()
            .mapToLong((pool) -> pool.started())
            .sum();
    }

    @ParameterizedTest
    @CsvSource({ "http://evil.example,", "null,", "http://localhost:1,", "https://localhost.evil.example,",
            "file:///x,", "http://localhost:PORT,cross-site", "http://localhost:PORT,same-site", "http://%zz," })
    void socketIsForTheOwnPageOnly(String origin, @Nullable String site) throws IOException {
        String answer = raw("GET " + PATH + "/socket HTTP/1.1", "Host: localhost:" + SERVER.port(),
                "Origin: " + origin.replace("PORT", String.valueOf(SERVER.port())),
                (site != null) ? "Sec-Fetch-Site: " + site : "Accept: */*", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==");
        assertThat(answer).startsWith("HTTP/1.1 403 ")
            .endsWith("Only the RPC console's own page may open its WebSocket: the Origin is another.\n");
    }

    @Test
    void socketWithoutOriginIsRefused() {
        CompletionException refused = catchThrowableOfType(CompletionException.class,
                () -> Browser.connect(SERVER, PATH, null).join());
        assertThat(refused.getCause()).isInstanceOfSatisfying(WebSocketHandshakeException.class,
                (ex) -> assertThat(ex.getResponse().statusCode()).isEqualTo(403));
    }

    @ParameterizedTest
    @ValueSource(strings = { "{'type':'hello','token':'wrong'}", "{'type':'hello'}", "{'type':'board','on':true}" })
    void tabWithoutTokenIsClosed(String first) {
        Browser tab = Browser.connect(SERVER, PATH, "http://localhost:" + SERVER.port()).join();
        tab.send(first);
        assertThat(tab.closeCode()).isEqualTo(4401);
        assertThat(tab.frames).isEmpty();
    }

    @Test
    void tokenIsForTheOwnPageOnly() throws Exception {
        assertThat(SERVER.get(PATH + "/session", "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
        assertThat(SERVER.get(PATH + "/session", "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(200);
        Browser.open(SERVER, PATH).await("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = { "localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:99", "[::1]:8080", "proxy.example",
            "PROXY.example:443" })
    void knownHostsAreServed(String host) throws IOException {
        assertThat(raw("GET " + PATH + "/ HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 200 ");
    }

    /** Their pages could have given their own name the address of this machine. */
    @ParameterizedTest
    @ValueSource(strings = { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.1.2.3",
            "[2001:db8::1]", "1.2.3" })
    void unknownHostsAreRefused(String host) throws IOException {
        String answer = raw("GET " + PATH + "/ HTTP/1.1", "Host: " + host);
        assertThat(answer).startsWith("HTTP/1.1 403 ")
            .endsWith("The RPC console is not known as '" + host
                    + "'. If that is a name of this host, or of a proxy before it, add it to"
                    + " rpc.console.allowed-hosts.\n");
    }

    private static final String THIS_MACHINE_ONLY = "The RPC console is served to this machine only, because"
            + " server.address is not set. Open it on the machine itself as localhost, or set server.address to the"
            + " address that others may use, and have web security keep strangers out.\n";

    @ParameterizedTest
    @ValueSource(strings = { "X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "X-Forwarded-Host: localhost",
            "X-Real-IP: 127.0.0.1" })
    void whoComesThroughAProxyIsNotOnThisMachine(String header) throws IOException {
        assertThat(raw("GET " + PATH + "/ HTTP/1.1", "Host: localhost", header)).startsWith("HTTP/1.1 403 ")
            .endsWith(THIS_MACHINE_ONLY);
    }

    @Test
    void whoComesByAnotherAddressIsNotOnThisMachine() throws IOException {
        InetAddress other = NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter((address) -> !address.isLoopbackAddress() && address.getAddress().length == 4)
            .findFirst()
            .orElse(null);
        assumeTrue(other != null, "this machine has the loopback only");
        assertThat(raw(other, "GET " + PATH + "/ HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 403 ")
            .endsWith(THIS_MACHINE_ONLY);
    }

    private static String raw(String... lines) throws IOException {
        return raw(InetAddress.getLoopbackAddress(), lines);
    }

    private static String raw(InetAddress address, String... lines) throws IOException {
        try (Socket socket = new Socket(address, SERVER.port())) {
            String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
            if (request.contains("Upgrade")) {
                request = request.replace("\r\nConnection: close", "");
            }
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

}
