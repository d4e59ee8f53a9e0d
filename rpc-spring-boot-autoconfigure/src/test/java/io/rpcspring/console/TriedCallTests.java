package io.rpcspring.console;

import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.socket.CloseStatus;

import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls that a tab makes, of each kind.
 */
class TriedCallTests {

    /**
     * On a machine with nothing else to do within a second; the heartbeat comes later.
     */
    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    private static final ConsoleServer SERVER = ConsoleServer.start(
            List.of(TriedPlaces.class, TriedParcels.class, QuickHeartbeat.class), "rpc.console.limits.calls=3",
            "rpc.console.limits.message-size=2KB", "rpc.server.pools.default.type=platform",
            "rpc.server.pools.streams.type=platform");

    private final TriedPlaces places = SERVER.bean(TriedPlaces.class);

    private Browser tab = SERVER.open();

    /** Handlers of the test before may have to hear yet that nobody waits for them. */
    @BeforeEach
    void reset() {
        await().until(() -> SERVER.bean(RpcServer.class)
            .poolStatistics()
            .values()
            .stream()
            .allMatch((pool) -> pool.running() == 0 && pool.waiting() == 0));
        this.places.sent.set(0);
        this.places.waiting.set(0);
        this.places.interrupted.set(0);
    }

    @AfterEach
    void closeTab() {
        this.tab.close();
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void unaryCallIsToldFromStartToEnd() {
        this.tab.start(1, "Find", "{'name':'Oslo'}",
                ",'metadata':[{'name':'Tag','value':'x y'}," + "{'name':'trace-bin','value':'AQID'}],'deadline':20000");
        JsonObject end = this.tab.await("end", 1);
        assertThat(this.tab.frames).filteredOn((frame) -> !frame.get("type").getAsString().equals("hello"))
            .extracting((frame) -> frame.get("type").getAsString())
            .contains("started", "sent", "halfClosed", "running")
            // That it is half-closed may be told while the answer comes.
            .containsSubsequence("headers", "message", "end");
        assertThat(this.tab.await("headers", 1).get("metadata").toString())
            .contains("{\"name\":\"tag\",\"value\":\"x y\"}");
        assertThat(this.tab.await("sent", 1).get("bytes").getAsInt()).isEqualTo(6);
        JsonObject message = this.tab.await("message", 1);
        assertThat(message.get("seq").getAsInt()).isOne();
        assertThat(message.get("bytes").getAsInt()).isEqualTo(13);
        // The handler does not see the mark of the console.
        assertThat(message.get("json").getAsString()).isEqualTo("""
                {
                  "name": "Oslo",
                  "zone": "false",
                  "countries": []
                }""");
        assertThat(end.get("status")).hasToString("{\"code\":0,\"name\":\"OK\",\"message\":null,\"details\":[]}");
        assertThat(end.get("trailers")).hasToString("[{\"name\":\"trace-bin\",\"value\":\"AQID\"}]");
        JsonObject server = end.getAsJsonObject("server");
        assertThat(server.get("pool").getAsString()).isEqualTo("default");
        assertThat(server.get("thread").getAsString()).startsWith("rpc-default-");
        assertThat(server.get("waited").getAsDouble()).isNotNegative();
        assertThat(server.get("ran").getAsDouble()).isPositive().isLessThanOrEqualTo(end.get("at").getAsDouble());
        assertThat(List.of(server.get("received").getAsInt(), server.get("receivedBytes").getAsInt(),
                server.get("sent").getAsInt(), server.get("sentBytes").getAsInt()))
            .containsExactly(1, 6, 1, 13);
    }

    @Test
    void defaultsAreLeftOutIfNotWanted() {
        this.tab.start(1, "Find", "{}", ",'defaults':false");
        assertThat(this.tab.await("message", 1).get("json").getAsString()).isEqualTo("{\n  \"zone\": \"false\"\n}");
    }

    @Test
    void errorComesWithItsDetails() {
        this.tab.start(1, "Find", "{'name':'nowhere'}", "");
        JsonObject status = this.tab.await("end", 1).getAsJsonObject("status");
        assertThat(status.get("code").getAsInt()).isEqualTo(5);
        assertThat(status.get("name").getAsString()).isEqualTo("NOT_FOUND");
        assertThat(status.get("message").getAsString()).isEqualTo("No place is called 'nowhere'");
        JsonArray details = status.getAsJsonArray("details");
        assertThat(details.get(0).getAsJsonObject().get("type").getAsString()).isEqualTo("google.rpc.ResourceInfo");
        assertThat(JsonParser.parseString(details.get(0).getAsJsonObject().get("json").getAsString()))
            .hasToString("{\"resourceType\":\"place\",\"resourceName\":\"nowhere\"}");
        assertThat(details.get(1).getAsJsonObject().get("type").getAsString()).isEqualTo("google.rpc.BadRequest");
        assertThat(this.tab.await("end", 1).getAsJsonArray("trailers")).isEmpty();
    }

    @Test
    void ruleThatIsBrokenIsRefusedAsForEverybody() {
        this.tab.start(1, "Within", "{'centre':{'latitude':91}}", ",'credits':1");
        JsonObject status = this.tab.await("end", 1).getAsJsonObject("status");
        assertThat(status.get("name").getAsString()).isEqualTo("INVALID_ARGUMENT");
        assertThat(status.getAsJsonArray("details").toString()).contains("centre.latitude", "INVALID_REQUEST");
    }

    @Test
    void deadlineEndsTheCall() {
        this.tab.start(1, "Find", "{'name':'wait'}", ",'deadline':1000");
        JsonObject end = this.tab.await("end", 1);
        assertThat(end.getAsJsonObject("status").get("name").getAsString()).isEqualTo("DEADLINE_EXCEEDED");
        await().until(() -> this.places.interrupted.get() == 1);
    }

    /** Nothing but what was granted leaves the handler, apart from what is under way. */
    @Test
    void handlerWaitsWhileNobodyTakesItsResponses() {
        this.tab.start(1, "Within", "{'radiusKm':1000}", ",'credits':5");
        await().until(() -> this.tab.messages(1).size() == 5);
        await().until(() -> this.places.sent.get() >= 5 && waitsInSend("rpc-streams-"));
        assertThat(this.places.sent).hasValueBetween(5, 8);
        assertThat(this.tab.messages(1)).hasSize(5);
        this.tab.send("{'type':'credit','call':1,'messages':20}");
        await().until(() -> this.tab.messages(1).size() == 25);
        this.tab.send("{'type':'credit','call':1,'messages':1000}");
        this.tab.await("end", 1);
        assertThat(this.tab.messages(1)).extracting((message) -> message.get("seq").getAsInt())
            .containsExactlyElementsOf(IntStream.rangeClosed(1, 1000).boxed().toList());
    }

    private static boolean waitsInSend(String thread) {
        return Thread.getAllStackTraces()
            .entrySet()
            .stream()
            .filter((each) -> each.getKey().getName().startsWith(thread)
                    && each.getKey().getState() != Thread.State.RUNNABLE)
            .flatMap((each) -> List.of(each.getValue()).stream())
            .anyMatch((frame) -> frame.getClassName().equals(TriedPlaces.class.getName())
                    && frame.getMethodName().equals("within"));
    }

    @Test
    void pauseTakesBackWhatIsNotUsed() {
        this.tab.start(1, "Within", "{'radiusKm':100000}", ",'credits':1000");
        this.tab.await("message", 1);
        this.tab.send("{'type':'pause','call':1}");
        // Answered behind the pause.
        this.tab.send("{'type':'template','message':'places.v1.Point'}");
        this.tab.await("template");
        await().until(() -> waitsInSend("rpc-streams-"));
        int seen = this.tab.messages(1).size();
        this.tab.send("{'type':'credit','call':1,'messages':3}");
        await().until(() -> this.tab.messages(1).size() >= seen + 3);
        await().until(() -> waitsInSend("rpc-streams-"));
        assertThat(this.tab.messages(1)).hasSizeBetween(seen + 3, seen + 4);
        this.tab.send("{'type':'cancel','call':1}");
        assertThat(this.tab.await("end", 1).getAsJsonObject("status").get("name").getAsString()).isEqualTo("CANCELLED");
    }

    @Test
    void clientStreamIsSentMessageByMessage() {
        this.tab.start(1, "Travel", "", "");
        this.tab.send("{'type':'send','call':1,'seq':1,'json':" + Browser.quoted("{'latitude':1.5}") + "}");
        this.tab.send("{'type':'send','call':1,'seq':2,'json':" + Browser.quoted("{'latitude':2}") + "}");
        this.tab.await("sent", (frame) -> frame.get("seq").getAsInt() == 2);
        assertThat(this.tab.messages(1)).isEmpty();
        this.tab.send("{'type':'halfClose','call':1}");
        this.tab.await("end", 1);
        assertThat(this.tab.messages(1)).singleElement()
            .satisfies((message) -> assertThat(message.get("json").getAsString()).contains("\"kilometres\": 3.5"));
        this.tab.await("halfClosed", 1);
    }

    @Test
    void bothSidesOfAStreamTalk() {
        this.tab.start(1, "Notes", "{'text':'one'}", ",'credits':10");
        this.tab.await("message", 1);
        this.tab.send("{'type':'send','call':1,'seq':2,'json':" + Browser.quoted("{'text':'two'}") + "}");
        await().until(() -> this.tab.messages(1).size() == 2);
        this.tab.send("{'type':'halfClose','call':1}");
        JsonObject end = this.tab.await("end", 1);
        assertThat(end.getAsJsonObject("status").get("name").getAsString()).isEqualTo("OK");
        assertThat(end.getAsJsonObject("server").get("pool").getAsString()).isEqualTo("streams");
        // What comes after the end is of no use, and no mistake.
        this.tab.send("{'type':'send','call':1,'seq':3,'json':'{}'}");
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.send("{'type':'template','message':'places.v1.Point'}");
        this.tab.await("template");
        assertThat(this.tab.all("invalid")).isEmpty();
        assertThat(this.tab.all("error")).isEmpty();
    }

    @Test
    void requestThatTheHandlerDoesNotTakeIsSentLate() {
        this.tab.start(1, "Notes", "{'text':'wait'}", ",'credits':1000");
        for (int seq = 2; seq <= 140; seq++) {
            this.tab.send("{'type':'send','call':1,'seq':" + seq + ",'json':'{}'}");
        }
        JsonObject refused = this.tab.await("invalid", 1);
        assertThat(refused.get("at").getAsString()).isEqualTo("call");
        assertThat(refused.get("text").getAsString())
            .isEqualTo("100 messages wait already, because the handler does not take them");
        assertThat(refused.get("seq").getAsInt()).isGreaterThan(100);
        assertThat(this.tab.all("sent")).hasSizeLessThan(40);
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.await("end", 1);
    }

    @Test
    void messageAfterHalfCloseIsRefused() {
        this.tab.start(1, "Notes", "{'text':'wait'}", ",'credits':1");
        this.tab.send("{'type':'halfClose','call':1}");
        this.tab.send("{'type':'send','call':1,'seq':2,'json':'{}'}");
        assertThat(this.tab.await("invalid", 1).get("text").getAsString())
            .isEqualTo("The call is half-closed: no message can follow");
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.await("end", 1);
    }

    @Test
    void wrongInputOfAStreamDoesNotEndIt() {
        this.tab.start(1, "Notes", "", ",'credits':5");
        this.tab.send("{'type':'send','call':1,'seq':1,'json':" + Browser.quoted("{'txt':'x'}") + "}");
        JsonObject wrong = this.tab.await("invalid", 1);
        assertThat(wrong.get("seq").getAsInt()).isOne();
        assertThat(wrong.get("path").getAsString()).isEqualTo("txt");
        assertThat(wrong.get("text").getAsString())
            .isEqualTo("places.v1.Note has no field 'txt'. Its fields: text, place.");
        this.tab.send("{'type':'send','call':1,'seq':2,'json':" + Browser.quoted("{'text':'x'}") + "}");
        this.tab.await("message", 1);
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.await("end", 1);
    }

    @Test
    void closingTheTabCancelsItsCalls() {
        Browser other = SERVER.open();
        other.start(1, "Find", "{'name':'wait'}", "");
        other.start(2, "Notes", "{'text':'wait'}", ",'credits':1");
        other.await("running", 1);
        other.await("running", 2);
        await().until(() -> this.places.waiting.get() == 2);
        other.close();
        await().atMost(PROMPTLY).until(() -> this.places.interrupted.get() == 2);
        await().until(() -> SERVER.bean(RpcServer.class).calls().isEmpty());
    }

    /** Its handler waits, and then the tab is closed: nothing piles up for it. */
    @Test
    @Tag("slow")
    @Timeout(180)
    void tabThatTakesNothingIsClosed() {
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedParcels.class))) {
            Browser deaf = server.open();
            deaf.await("hello");
            deaf.start(1, "parcels.v1.Parcels", "Track", "", ",'credits':1000");
            deaf.await("running", 1);
            deaf.listens = false;
            String large = Browser.quoted("{'address':'" + "x".repeat(200_000) + "'}");
            // Who is not heard any more reads no more either.
            assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> {
                for (int seq = 1; seq <= 1000; seq++) {
                    deaf.send("{'type':'send','call':1,'seq':" + seq + ",'json':" + large + "}");
                }
            });
            await().atMost(Duration.ofSeconds(60)).until(() -> server.bean(RpcServer.class).calls().isEmpty());
        }
    }

    /** As when the browser crashes: there is no closing frame. */
    @Test
    void losingTheTabCancelsItsCalls() {
        Browser other = SERVER.open();
        other.start(1, "Find", "{'name':'wait'}", "");
        other.await("running", 1);
        await().until(() -> this.places.waiting.get() == 1);
        other.socket().abort();
        await().atMost(PROMPTLY).until(() -> this.places.interrupted.get() == 1);
    }

    /**
     * As when the machine of the browser loses its network: nothing ends the connection.
     */
    @Test
    void tabThatIsSilentIsClosedAndItsCallsCancelled() {
        this.tab.start(1, "Find", "{'name':'wait'}", "");
        this.tab.await("running", 1);
        Browser speechless = Browser.connect(SERVER, "/rpc", "http://localhost:" + SERVER.port()).join();
        Browser vanished = SERVER.open();
        vanished.start(1, "Find", "{'name':'wait'}", "");
        vanished.await("running", 1);
        await().until(() -> this.places.waiting.get() == 2);
        vanished.listens = false;
        await().until(() -> this.places.interrupted.get() == 1);
        vanished.listens = true;
        vanished.socket().request(1000);
        assertThat(vanished.closeCode()).isEqualTo(CloseStatus.SESSION_NOT_RELIABLE.getCode());
        assertThat(speechless.closeCode()).isEqualTo(4401);
        // Who answers pings, and says nothing else, stays.
        assertThat(this.tab.closed).isNotDone();
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.await("end", 1);
    }

    @Test
    void callsOfATabAreLimited() {
        for (int call = 1; call <= 3; call++) {
            this.tab.start(call, "Notes", "", ",'credits':1");
        }
        this.tab.start(4, "Notes", "", ",'credits':1");
        assertThat(this.tab.await("invalid", 4).get("text").getAsString())
            .isEqualTo("3 calls of this tab are in flight, and rpc.console.limits.calls allows no more. End one first");
        this.tab.start(3, "Notes", "", ",'credits':1");
        assertThat(this.tab.await("invalid", 3).get("text").getAsString()).isEqualTo("There is a call 3 already");
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.await("end", 1);
        this.tab.start(5, "Find", "{}", "");
        this.tab.await("end", 5);
    }

    @Test
    void messagesAreLimitedBothWays() {
        this.tab.start(1, "Find", "{'name':'" + "x".repeat(2048) + "'}", "");
        assertThat(this.tab.await("invalid", 1).get("text").getAsString())
            .isEqualTo("The message has 2059 characters of JSON, and rpc.console.limits.message-size allows 2048");
        this.tab.start(2, "Find", "{'name':'" + "x".repeat(2030) + "'}", "");
        JsonObject message = this.tab.await("message", 2);
        assertThat(message.get("json").isJsonNull()).isTrue();
        assertThat(message.get("tooLarge").getAsBoolean()).isTrue();
        assertThat(message.get("bytes").getAsInt()).isEqualTo(2040);
        assertThat(this.tab.await("end", 2).getAsJsonObject("status").get("code").getAsInt()).isZero();
    }

    @Test
    void frameThatIsTooLargeClosesTheTab() {
        int tooLarge = this.tab.await("hello").getAsJsonObject("limits").get("frameSize").getAsInt() + 1;
        this.tab.sendAsItIs("x".repeat(tooLarge));
        assertThat(this.tab.closeCode()).isEqualTo(1009);
        this.tab = SERVER.open();
    }

    @Test
    void frameInPartsIsOne() {
        WebSocket socket = this.tab.socket();
        String frame = "{\"type\":\"template\",\"message\":\"places.v1.Point\"}";
        socket.sendText(frame.substring(0, 9), false).join();
        socket.sendText(frame.substring(9), true).join();
        this.tab.await("template");
    }

    @Test
    void wrongStartStartsNothing() {
        this.tab.start(1, "Fnd", "{}", "");
        assertThat(this.tab.await("invalid", 1).get("text").getAsString())
            .startsWith("No method places.v1.Places/Fnd is served. Served: places.v1.Places/Find, places.v1.Places/");
        this.tab.start(2, "Find", "", "");
        assertThat(this.tab.await("invalid", 2).get("text").getAsString())
            .isEqualTo("This method takes one message, which is missing");
        this.tab.start(3, "Find", "{}", ",'deadline':0");
        assertThat(this.tab.await("invalid", 3).get("at").getAsString()).isEqualTo("deadline");
        this.tab.start(4, "Within", "{}", "");
        assertThat(this.tab.await("invalid", 4).get("at").getAsString()).isEqualTo("credits");
        this.tab.start(5, "Find", "{'name':7", "");
        assertThat(this.tab.await("invalid", 5).get("text").getAsString()).startsWith("This is no JSON: ");
        assertThat(this.tab.all("started")).isEmpty();
    }

    @Test
    void wrongMetadataIsShownWhereItStands() {
        assertRefused(1, "{'name':'a','value':'ok'},{'name':'b c','value':''}", "[1].name",
                "'b c' is no name: it may have letters, digits, '-', '_' and '.', and must not be empty");
        assertRefused(2, "{'name':'','value':''}", "[0].name",
                "'' is no name: it may have letters, digits, '-', '_' and '.', and must not be empty");
        assertRefused(3, "{'name':'a','value':'\u00e9'}", "[0].value",
                "Only printable ASCII can be sent as text. Other values need a name that ends with -bin, and are"
                        + " written as base64");
        assertRefused(4, "{'name':'a-bin','value':'????'}", "[0].value",
                "This is no base64: Illegal base64 character 3f");
        assertRefused(5, "{'name':'grpc-timeout','value':'1S'}", "[0].name",
                "'grpc-timeout' is written by gRPC itself: set the deadline");
    }

    private void assertRefused(int call, String metadata, String path, String text) {
        this.tab.start(call, "Find", "{}", ",'metadata':[" + metadata + "]");
        JsonObject refused = this.tab.await("invalid", call);
        assertThat(refused.get("at").getAsString()).isEqualTo("metadata");
        assertThat(refused.get("path").getAsString()).isEqualTo(path);
        assertThat(refused.get("text").getAsString()).isEqualTo(text);
    }

    @Test
    void frameOfNoUseIsAnswered() {
        this.tab.send("[]");
        this.tab.await("error", (error) -> error.get("text").getAsString().equals("A frame is no JSON object"));
        this.tab.send("{");
        this.tab.await("error", (error) -> error.get("text").getAsString().startsWith("A frame is no JSON: "));
        this.tab.send("{'type':'dance'}");
        this.tab.await("error", (error) -> error.get("text").getAsString().equals("Nothing is called 'dance'"));
        this.tab.send("{'type':'start','call':1}");
        this.tab.await("error", (error) -> error.get("text").getAsString().equals("A frame has no 'service'"));
        this.tab.send("{'type':'start','call':1.5}");
        this.tab.await("error",
                (error) -> error.get("text").getAsString().equals("'call' of a frame is no whole number"));
        this.tab.send("{'type':'describe','types':{}}");
        this.tab.await("error", (error) -> error.get("text").getAsString().equals("'types' of a frame is no list"));
        this.tab.send("{'type':'describe','types':['x']}");
        this.tab.await("error", (error) -> error.get("text").getAsString().equals("No message type is called 'x'"));
    }

    @Test
    void boardShowsPoolsChannelsAndCalls() {
        this.tab.start(1, "Find", "{'name':'wait'}", "");
        this.tab.await("running", 1);
        this.tab.send("{'type':'board','on':true}");
        // The one that says so may be the second.
        JsonObject board = this.tab.await("board", (shown) -> firstPool(shown).get("running").getAsInt() == 1);
        assertThat(board.get("state").getAsString()).isEqualTo("running");
        JsonObject pool = firstPool(board);
        assertThat(pool.get("name").getAsString()).isEqualTo("default");
        assertThat(pool.get("type").getAsString()).isEqualTo("platform");
        JsonObject call = board.getAsJsonObject("calls").getAsJsonArray("list").get(0).getAsJsonObject();
        assertThat(call.get("method").getAsString()).isEqualTo("places.v1.Places/Find");
        assertThat(call.get("stage").getAsString()).isEqualTo("running");
        assertThat(call.get("thread").getAsString()).startsWith("rpc-default-");
        await().until(() -> this.tab.all("board").size() >= 3);
        this.tab.send("{'type':'board','on':false}");
        this.tab.send("{'type':'cancel','call':1}");
        this.tab.await("end", 1);
    }

    private static JsonObject firstPool(JsonObject board) {
        return board.getAsJsonArray("pools").get(0).getAsJsonObject();
    }

    /** What a test can wait for. */
    @TestConfiguration(proxyBeanMethods = false)
    static class QuickHeartbeat {

        @Bean
        Heartbeat heartbeat() {
            return new Heartbeat(Duration.ofMillis(100), Duration.ofSeconds(7), Duration.ofMillis(100),
                    Duration.ofSeconds(7));
        }

    }

}
