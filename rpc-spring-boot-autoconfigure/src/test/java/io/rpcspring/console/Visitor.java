package io.rpcspring.console;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.ScriptTimeoutException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

import static org.awaitility.Awaitility.await;

/**
 * What a person does with the page, and sees on it.
 *
 * @param driver of the browser
 * @param page its address
 */
record Visitor(ChromeDriver driver, URI page) {

    /** How long something may take that nothing waits for. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * Forgets all that a page remembers, once, before a page that is asked to be fresh.
     */
    private static final String FORGET = """
            if (location.search === '?fresh') {
                localStorage.clear();
                sessionStorage.clear();
                history.replaceState(null, '', location.pathname + location.hash);
            }""";

    private static final String TEXTS = "const texts = (selector) => [...document.querySelectorAll(selector)]"
            + ".filter((e) => e.checkVisibility()).map((e) => e.innerText.trim());";

    /** The page itself waits: who asks it again and again keeps it from its work. */
    private static final String WAIT = TEXTS + """
            return new Promise((found) => {
                const look = () => (%s) ? found(true) : setTimeout(look, 10);
                look();
            });""";

    static Visitor of(ChromeDriver driver, URI page) {
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", FORGET));
        return new Visitor(driver, page);
    }

    /** Opens a method as if nobody had been here before. */
    void visit(String method) {
        this.driver.get(this.page + "?fresh#/" + method);
        String name = method.substring(method.indexOf('/') + 1).replaceFirst("\\?.*", "");
        awaitThat("the form of " + name,
                "texts('.method-head h1').includes(arguments[0]) && texts('.request .field').length > 0", name);
    }

    /** Opens a method with a message filled in, as a link does. */
    void visit(String method, String json) {
        visit(method + "?json=" + URLEncoder.encode(json, StandardCharsets.UTF_8).replace("+", "%20"));
    }

    private void awaitThat(String what, String condition, Object... arguments) {
        try {
            run(WAIT.formatted(condition), arguments);
        }
        catch (ScriptTimeoutException ex) {
            throw new AssertionError("Not seen: " + what + ", but " + text("body"), ex);
        }
    }

    Object run(String script, Object... arguments) {
        return this.driver.executeScript(script, arguments);
    }

    WebElement element(String selector) {
        return this.driver.findElement(By.cssSelector(selector));
    }

    /** What is written at each element that can be seen. */
    @SuppressWarnings("unchecked")
    List<String> texts(String selector) {
        return Objects.requireNonNull((List<String>) run(TEXTS + "return texts(arguments[0])", selector));
    }

    String text(String selector) {
        return String.join("\n", texts(selector));
    }

    void awaitText(String selector, String part) {
        awaitThat(selector + " with " + part, "texts(arguments[0]).join('\\n').includes(arguments[1])", selector, part);
    }

    void click(String selector) {
        await("click " + selector).ignoreException(StaleElementReferenceException.class).until(() -> {
            element(selector).click();
            return true;
        });
    }

    /** The control of a field, by the path of the field. */
    WebElement field(String path) {
        return element(".field[data-path='" + path + "'] .input");
    }

    void fill(String path, String text) {
        field(path).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE, text);
    }

    void look(String view) {
        run("document.querySelector('.segments input[value=' + arguments[0] + ']').click()", view);
    }

    String json() {
        return (String) Objects.requireNonNull(run("return document.querySelector('.editor-area').value"));
    }

    void writeJson(String json) {
        look("json");
        run("const area = document.querySelector('.editor-area'); area.value = arguments[0]; area.dispatchEvent(new Event('input'))",
                json);
    }

    void send() {
        click("#send");
    }

    void awaitStatus(String status) {
        awaitThat(status, "texts('.call-line .pill').includes(arguments[0])", status);
    }

    /** A number of the line that tells about the call. */
    String fact(String name) {
        return (String) Objects.requireNonNull(run(
                "return [...document.querySelectorAll('.facts div')].find((e) => e.firstChild.textContent === arguments[0])?.lastChild.textContent ?? ''",
                name));
    }

    String clipboard() {
        this.driver.executeCdpCommand("Browser.grantPermissions",
                Map.of("permissions", new String[] { "clipboardReadWrite", "clipboardSanitizedWrite" }));
        return Objects
            .requireNonNull(this.driver.executeAsyncScript(
                    "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](String(e)))"))
            .toString();
    }

    void tab(String name) {
        click("#tab-" + name);
    }

}
