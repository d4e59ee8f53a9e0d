package io.rpcspring.console;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a person types and a server answers stays text, and what is secret stays in the
 * tab.
 */
@ExtendWith(PageVisits.class)
class PrivacyOfAPage {

    private static final String FIND = "places.v1.Places/Find";

    /** As text of a request, metadata, a response, a status and its details. */
    @ParameterizedTest
    @ValueSource(strings = { "<img src=x onerror=window.harm=1>", "<script>window.harm=1</script>",
            "\"><svg/onload=window.harm=1>", "</textarea><iframe srcdoc='<script>parent.harm=1</script>'>",
            "javascript:window.harm=1", "${window.harm=1}{{constructor.constructor('window.harm=1')()}}",
            "<a href=\"javascript:window.harm=1\">x</a>" })
    void nothingBecomesHtml(String text, Visitor visitor) {
        visitor.visit(
                FIND + "?json=" + encoded("{\"name\": " + json(text) + "}") + "&metadata=" + encoded("echo:" + text));
        assertThat(visitor.field("name").getDomProperty("value")).isEqualTo(text);
        visitor.tab("metadata");
        assertThat(visitor.element(".value-input").getDomProperty("value")).isEqualTo(text);
        visitor.send();
        visitor.awaitStatus("OK");
        assertThat(visitor.text(".body .json-text")).contains(json(text));
        visitor.tab("headers");
        assertThat(visitor.texts("#panel-headers td")).contains(text);
        visitor.writeJson("{\"name\": " + json(Showcase.NOWHERE + text) + "}");
        visitor.send();
        visitor.awaitStatus("NOT_FOUND");
        visitor.tab("response");
        assertThat(visitor.text(".status-message")).contains(text);
        assertThat(visitor.texts(".pairs dd")).contains(Showcase.NOWHERE + text);
        visitor.tab("history");
        assertNoHarm(visitor);
    }

    @Test
    void commentsOfProtosAreText(Visitor visitor) {
        visitor.visit("bookings.v1.Bookings/Book");
        visitor.awaitText(".method-doc", PageVisits.HARMFUL);
        assertThat(visitor.text(".form .doc")).contains(PageVisits.HARMFUL);
        assertNoHarm(visitor);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String json(String text) {
        return '"' + text.replace("\"", "\\\"") + '"';
    }

    /**
     * No script ran, no element of the texts is there, and no link that is no address.
     */
    private static void assertNoHarm(Visitor visitor) {
        assertThat(visitor.run("return window.harm ?? null")).isNull();
        assertThat(visitor.run("return document.querySelectorAll('img:not([src=\"icon.svg\"]), iframe,"
                + " script:not([src=\"js/app.js\"]), a[href^=\"javascript:\"], [onload], [onerror], [style*=url]').length"))
            .isEqualTo(0L);
    }

    @Test
    void identityIsSentAndStaysInTheTab(Visitor visitor) {
        visitor.visit(FIND);
        visitor.click("#identity");
        visitor.run("document.querySelector('[name=identity-kind][value=bearer]').click()");
        visitor.element("#identity-token").sendKeys("s3cret-token");
        visitor.click("#identity-save");
        visitor.fill("name", "Zurich");
        visitor.send();
        visitor.awaitStatus("OK");
        assertThat(visitor.text(".body")).contains("\"zone\": \"Bearer s3cret-token\"");
        Map.of("Link", "#copy-link", "grpcurl", "#copy-as").forEach((what, button) -> {
            visitor.click(button);
            if (what.equals("grpcurl")) {
                visitor.click(".menu-root:has(#copy-as) .menu-item");
            }
            await().until(() -> visitor.text("#toast").startsWith(what));
            assertThat(visitor.clipboard()).doesNotContain("s3cret").contains("Zurich");
        });
        assertThat(visitor.run("return location.href + document.cookie").toString()).doesNotContain("s3cret");
        assertThat(visitor
            .run("const kept = JSON.parse(localStorage['rpc-console.history'])[0];"
                    + " return JSON.stringify([kept.requests, kept.metadata, kept.headers, kept.trailers])")
            .toString()).doesNotContain("s3cret").contains("Zurich");
    }

}
