package io.rpcspring.console;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A person calls methods of each kind from the page, and sees what came of it.
 */
@ExtendWith(PageVisits.class)
class CallsOfAPage {

    private static final String FIND = "places.v1.Places/Find";

    private static final String WITHIN = "places.v1.Places/Within";

    @Test
    void unaryCallShowsResponseHeadersTrailersAndWhatTheServerKnowsOfIt(Visitor visitor) {
        visitor.visit(FIND);
        visitor.fill("name", "Zurich");
        visitor.tab("metadata");
        visitor.click(".metadata .add");
        visitor.element(".name-input").sendKeys("echo");
        visitor.element(".value-input").sendKeys("hello");
        visitor.send();
        visitor.awaitStatus("OK");
        assertThat(visitor.text(".body")).startsWith("{\n  \"name\": \"Zurich\",\n  \"zone\": \"Europe/Zurich\"");
        assertThat(visitor.fact("pool")).isEqualTo("default");
        assertThat(visitor.fact("thread")).startsWith("rpc-default-");
        assertThat(visitor.fact("waited")).endsWith("s");
        assertThat(visitor.fact("ran")).endsWith("s");
        assertThat(visitor.fact("size")).startsWith("8 B / ");
        visitor.tab("headers");
        assertThat(visitor.text("#panel-headers")).contains("echo").contains("hello");
        visitor.tab("trailers");
        assertThat(visitor.text("#panel-trailers")).contains("echo").contains("hello");
    }

    /**
     * Ten thousand come, five hundred stand there, and the page draws and answers
     * meanwhile.
     */
    @Test
    void streamOfTenThousandMessagesKeepsTheLastFiveHundredAndThePageAlive(Visitor visitor, Showcase showcase) {
        visitor.visit(WITHIN, "{\"radiusKm\": 10000, \"centre\": {\"latitude\": " + Showcase.HALFWAY + "}}");
        visitor.run("window.frames_ = 0; (function frame() { window.frames_++; requestAnimationFrame(frame); })()");
        visitor.send();
        visitor.awaitText(".window-note", "The last 500 of 5,000 messages");
        visitor.tab("headers");
        assertThat(visitor.text("#panel-headers")).contains("grpc-encoding");
        visitor.tab("response");
        assertThat(visitor.text(".call-line .pill")).isEqualTo("Running");
        showcase.onward.release();
        visitor.awaitStatus("OK");
        visitor.awaitText(".window-note", "The last 500 of 10,001 messages");
        assertThat(visitor.texts(".message")).hasSize(500);
        assertThat(visitor.text(".message:last-child .number")).isEqualTo("10000");
        assertThat(visitor.fact("received")).isEqualTo("10,000");
        assertThat((Long) visitor.run("return window.frames_")).isGreaterThan(10);
    }

    @Test
    void pausedStreamLetsItsHandlerWait(Visitor visitor, Showcase showcase) {
        visitor.visit(WITHIN, "{\"radiusKm\": 1000000, \"centre\": {\"latitude\": " + Showcase.SLOW + "}}");
        visitor.send();
        await().until(() -> showcase.sent.get() > 700);
        visitor.click("#pause");
        visitor.awaitStatus("Paused");
        AtomicInteger last = new AtomicInteger();
        await().during(Duration.ofMillis(500)).until(showcase.sent::get, (sent) -> sent == last.getAndSet(sent));
        int atPause = showcase.sent.get();
        String received = visitor.fact("received");
        visitor.click("#step");
        await().until(() -> !visitor.fact("received").equals(received));
        await().during(Duration.ofMillis(100)).until(() -> showcase.sent.get() <= atPause + 2);
        visitor.click("#resume");
        await().until(() -> showcase.sent.get() > atPause + 100);
        visitor.click("#cancel");
        visitor.awaitStatus("CANCELLED");
    }

    @Test
    void clientStreamTakesOneMessageMoreUntilItIsHalfClosed(Visitor visitor) {
        visitor.visit("places.v1.Places/Travel");
        visitor.click("#open");
        visitor.awaitStatus("Running");
        visitor.fill("latitude", "47.5");
        visitor.send();
        visitor.fill("latitude", "40");
        visitor.send();
        visitor.awaitText(".message:nth-child(2) .at", "+");
        visitor.click("#half-close");
        visitor.awaitStatus("OK");
        assertThat(visitor.texts(".message .preview")).hasSize(3)
            .last()
            .asString()
            .isEqualTo("{ \"kilometres\": 2.0 }");
    }

    @Test
    void bothSidesOfABidirectionalCallStandInOneList(Visitor visitor) {
        visitor.visit("places.v1.Places/Notes");
        visitor.fill("text", "one");
        visitor.send();
        visitor.awaitText(".message:nth-child(2) .preview", "one!");
        visitor.fill("text", "two");
        visitor.driver().switchTo().activeElement().sendKeys(Keys.chord(Keys.CONTROL, Keys.ENTER));
        visitor.awaitText(".message:nth-child(4) .preview", "two!");
        assertThat(visitor.texts(".message .direction")).containsExactly("sent", "received", "sent", "received");
        visitor.driver().switchTo().activeElement().sendKeys(Keys.chord(Keys.CONTROL, Keys.SHIFT, Keys.ENTER));
        visitor.awaitStatus("OK");
    }

    @Test
    void cancelWakesTheHandler(Visitor visitor, Showcase showcase) throws InterruptedException {
        showcase.cancelled.drainPermits();
        visitor.visit(FIND, "{\"name\": \"" + Showcase.STUCK + "\"}");
        visitor.send();
        await().until(() -> showcase.stuck.get() == 1);
        visitor.awaitStatus("Running");
        visitor.click("#cancel");
        visitor.awaitStatus("CANCELLED");
        showcase.cancelled.acquire();
    }

    @Test
    void deadlineEndsTheCall(Visitor visitor) {
        visitor.visit(FIND, "{\"name\": \"" + Showcase.STUCK + "\"}");
        visitor.element("#deadline").sendKeys("50ms");
        visitor.send();
        visitor.awaitStatus("DEADLINE_EXCEEDED");
    }

    @Test
    void whatIsNoDeadlineIsNotSent(Visitor visitor) {
        visitor.visit(FIND, "{\"name\": \"Zurich\"}");
        visitor.element("#deadline").sendKeys("soon");
        visitor.send();
        assertThat(visitor.element("#deadline").getDomAttribute("aria-invalid")).isEqualTo("true");
        assertThat(visitor.text(".call-line .pill")).isEqualTo("Ready");
    }

    @Test
    void failureShowsItsDetailsInWords(Visitor visitor) {
        visitor.visit(FIND, "{\"name\": \"" + Showcase.NOWHERE + "\"}");
        visitor.send();
        visitor.awaitStatus("NOT_FOUND");
        assertThat(visitor.text(".status-message")).isEqualTo("No place is called 'Nowhere'");
        assertThat(visitor.texts(".detail-head span")).containsExactly("ErrorInfo", "Help");
        assertThat(visitor.texts(".pairs dd")).isEqualTo(List.of("NO_SUCH_PLACE", "places.example", "Nowhere"));
        assertThat(visitor.element(".detail-list a").getDomAttribute("href")).isEqualTo("https://example.com/places");
    }

    @Test
    void closingTheTabCancelsItsCalls(Visitor visitor, Showcase showcase) {
        visitor.visit(WITHIN, "{\"radiusKm\": -1}");
        String first = visitor.driver().getWindowHandle();
        visitor.driver().switchTo().newWindow(WindowType.TAB);
        visitor.visit(WITHIN, "{\"radiusKm\": -1}");
        visitor.send();
        await().until(() -> showcase.stuck.get() == 1);
        visitor.driver().close();
        visitor.driver().switchTo().window(first);
        // The heartbeat comes much later.
        await().atMost(Duration.ofSeconds(10)).until(() -> showcase.stuck.get() == 0);
    }

}
