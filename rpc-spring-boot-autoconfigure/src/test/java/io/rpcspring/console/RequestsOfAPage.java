package io.rpcspring.console;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A person fills in requests, as a form and as JSON, and is told what is wrong where it
 * is wrong.
 */
@ExtendWith(PageVisits.class)
class RequestsOfAPage {

    private static final String BOOK = "bookings.v1.Bookings/Book";

    @Test
    void formWritesTheJson(Visitor visitor) {
        visitor.visit(BOOK);
        visitor.fill("from", "Zürich");
        visitor.fill("seats", "2");
        visitor.click(".field[data-path='passengers'] > .control > .add");
        visitor.fill("passengers[0].name", "Ada");
        visitor.click(".field[data-path='extras'] > .control > .add");
        visitor.fill("extras[\"key1\"]", "meal");
        visitor.field("extras[\"key1\"]").sendKeys(Keys.TAB);
        visitor.element(".field[data-path='extras[\"meal\"]'] .entry-value .input").sendKeys("soup");
        visitor.click(".field[data-path='payment'] input[value='invoice']");
        visitor.fill("invoice", "to me");
        new Select(visitor.field("comfort")).selectByValue("COMFORT_QUIET");
        visitor.click(".field[data-path='change'] .add");
        visitor.fill("change", "90s");
        visitor.click(".field[data-path='nickname'] .add");
        visitor.fill("nickname", "Z");
        assertThat(visitor.json().replaceAll("\\s+", "")).isEqualTo("{\"from\":\"Zürich\",\"to\":\"\",\"seats\":2,"
                + "\"mail\":\"\",\"passengers\":[{\"name\":\"Ada\"}],\"extras\":{\"meal\":\"soup\"},\"bySeat\":{},"
                + "\"invoice\":\"tome\",\"comfort\":\"COMFORT_QUIET\",\"change\":\"90s\",\"nickname\":\"Z\","
                + "\"stops\":[],\"note\":\"\"}");
    }

    @Test
    void jsonFillsTheForm(Visitor visitor) {
        visitor.visit(BOOK);
        visitor.writeJson("{\"bySeat\": {\"9007199254740993\": {\"name\": \"Ada\"}}, \"seats\": 3, \"card\": \"1234\","
                + " \"comfort\": 7, \"change\": \"1.5s\"}");
        visitor.look("form");
        assertThat(visitor.field("by_seat[9007199254740993]").getDomProperty("value")).isEqualTo("9007199254740993");
        assertThat(visitor.field("seats").getDomProperty("value")).isEqualTo("3");
        assertThat(visitor.field("card").getDomProperty("value")).isEqualTo("1234");
        assertThat(visitor.field("change").getDomProperty("value")).isEqualTo("1.5s");
        assertThat(new Select(visitor.field("comfort")).getFirstSelectedOption().getText()).isEqualTo("7 (unknown)");
        visitor.fill("seats", "4");
        assertThat(visitor.json()).contains("\"9007199254740993\": {")
            .contains("\"comfort\": 7")
            .contains("\"seats\": 4");
    }

    /** There and back again: 64 bits, a message of any type, a time, bytes, a choice. */
    @Test
    void whatJavaScriptHasNotSurvivesTheWay(Visitor visitor) {
        visitor.visit("parcels.v1.Parcels/Send");
        visitor.fill("number", "9007199254740993");
        visitor.fill("weight", "18446744073709551615");
        visitor.fill("seal", "AQID");
        visitor.click(".field[data-path='sent'] .add");
        visitor.fill("sent", "2026-12-01T05:00:00.000000001Z");
        visitor.click(".field[data-path='content'] .add");
        WebElement type = visitor.element(".field[data-path='content'] .any > .input");
        type.sendKeys("parcels.v1.Parcel.Label", Keys.TAB);
        visitor.awaitText(".field[data-path='content'] .name", "place_number");
        visitor.fill("content.place_number", "-9007199254740993");
        visitor.click(".field[data-path='to'] input[value='address']");
        visitor.fill("address", "Main Road 1");
        visitor.send();
        visitor.awaitStatus("OK");
        assertThat(visitor.text(".body")).contains("\"number\": \"9007199254740993\"")
            .contains("\"weight\": \"18446744073709551615\"")
            .contains("\"seal\": \"AQID\"")
            .contains("\"sent\": \"2026-12-01T05:00:00.000000001Z\"")
            .contains("\"@type\": \"type.googleapis.com/parcels.v1.Parcel.Label\"")
            .contains("\"placeNumber\": \"-9007199254740993\"")
            .contains("\"address\": \"Main Road 1\"");
    }

    @Test
    void wrongInputIsSaidAtItsFieldAndAtItsLine(Visitor visitor) {
        visitor.visit(BOOK);
        visitor.fill("seats", "eleven");
        visitor.awaitText(".field[data-path='seats'] > .problem", "eleven");
        assertThat(visitor.field("seats").getDomAttribute("aria-invalid")).isEqualTo("true");
        visitor.look("json");
        assertThat(visitor.text(".editor-lines .wrong")).isEqualTo("4");
        visitor.look("form");
        visitor.fill("seats", "11");
        visitor.awaitText(".field[data-path='seats'] > .problem",
                "must be greater than or equal to 1 and less than or equal to 9");
    }

    @Test
    void jsonThatCannotBeReadIsNotSent(Visitor visitor) {
        visitor.visit(BOOK);
        visitor.writeJson("{\n  \"from\" \"Rome\"\n}");
        assertThat(visitor.text(".request-state")).isEqualTo("Line 2: A colon is expected after \"from\", found '\"'");
        visitor.send();
        assertThat(visitor.text(".call-line .pill")).isEqualTo("Ready");
        visitor.look("form");
        assertThat(visitor.text(".notice strong")).isEqualTo("The JSON cannot be read, line 2");
    }

    @Test
    void detailsOfARefusedRequestLeadToItsFields(Visitor visitor) {
        visitor.visit(BOOK, "{\"from\": \"Rome\", \"to\": \"Oslo\", \"seats\": 10, \"invoice\": \"x\"}");
        visitor.send();
        visitor.awaitStatus("INVALID_ARGUMENT");
        visitor.click(".field-link");
        assertThat(visitor.driver().switchTo().activeElement()).isEqualTo(visitor.field("seats"));
    }

    @Test
    void exampleHasEachFieldAndIsAValidMessage(Visitor visitor) {
        visitor.visit(BOOK);
        visitor.click("[aria-label='Templates and layout']");
        visitor.click(".menu-item");
        await().until(() -> visitor.json().contains("\"passengers\": [\n"));
        assertThat(visitor.json()).contains("\"extras\": {\n").contains("\"change\"").contains("\"comfort\"");
        visitor.awaitText(".request-state", "");
    }

    /** From the search to the answer without a mouse. */
    @Test
    void keyboardIsEnough(Visitor visitor) {
        visitor.visit(BOOK);
        visitor.element("body").sendKeys("/");
        visitor.driver().switchTo().activeElement().sendKeys("find", Keys.ARROW_DOWN, Keys.ARROW_DOWN);
        visitor.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
        visitor.awaitText(".method-head h1", "Find");
        await().until(() -> !visitor.texts(".form .field").isEmpty());
        for (int i = 0; i < 60 && !"textarea".equals(visitor.driver().switchTo().activeElement().getTagName()); i++) {
            visitor.driver().switchTo().activeElement().sendKeys(Keys.TAB);
        }
        visitor.driver().switchTo().activeElement().sendKeys("Zurich", Keys.chord(Keys.CONTROL, Keys.ENTER));
        visitor.awaitStatus("OK");
        assertThat(visitor.run("return document.getElementById('announcer').textContent").toString())
            .startsWith("Find: OK, 1 message in ");
    }

    @Test
    void linkFillsInAndStartsNothing(Visitor visitor) {
        visitor.visit("places.v1.Places/Find?deadline=5s&metadata=tag:x&json=%7B%22name%22:%22Oslo%22%7D");
        assertThat(visitor.field("name").getDomProperty("value")).isEqualTo("Oslo");
        assertThat(visitor.element("#deadline").getDomProperty("value")).isEqualTo("5s");
        assertThat(visitor.text("#tab-metadata")).contains("1");
        assertThat(visitor.text(".call-line .pill")).isEqualTo("Ready");
    }

}
