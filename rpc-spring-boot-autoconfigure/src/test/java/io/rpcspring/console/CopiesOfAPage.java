package io.rpcspring.console;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a person takes from the page to other places, and back.
 */
@ExtendWith(PageVisits.class)
class CopiesOfAPage {

    private static final String FIND = "places.v1.Places/Find";

    private static final String HISTORY_MENU = "[aria-label='History: export, import, clear']";

    @Test
    void javaOfAUnaryCallCompiles(Visitor visitor, @TempDir Path classes) {
        visitor.visit("bookings.v1.Bookings/Book?deadline=5s&metadata=tag:x");
        visitor.click("[aria-label='Templates and layout']");
        visitor.click(".request .menu-item");
        await().until(() -> visitor.json().contains("\"passengers\": [\n"));
        String java = copy(visitor, 2, "Java");
        assertThat(java).contains("@RpcClient(\"bookings\")").contains(".book(Trip.newBuilder()");
        compile("BookCaller", java, classes);
    }

    @Test
    void javaOfAStreamCompiles(Visitor visitor, @TempDir Path classes) {
        visitor.visit(
                "places.v1.Places/Notes?deadline=5s&json=%7B%22place%22:%22Rome%22%7D&metadata=authorization:Bearer%20x");
        String java = copy(visitor, 2, "Java");
        assertThat(java).contains("RpcStream.open(").contains("call.halfClose();").contains("System.getenv(\"TOKEN\")");
        compile("NotesCaller", java, classes);
    }

    @Test
    void grpcurlIsACommandForAShell(Visitor visitor) {
        visitor.visit("places.v1.Places/Find?deadline=5s&json=%7B%22name%22:%22L%27Aquila%22%7D&metadata=tag:x");
        assertThat(copy(visitor, 1, "grpcurl")).matches("""
                grpcurl -plaintext \\\\
                  -protoset descriptors.binpb \\\\
                  -max-time 5 \\\\
                  -H 'tag: x' \\\\
                  -d '\\{"name": "L'\\\\''Aquila"}' \\\\
                  localhost:\\d+ places.v1.Places/Find""");
    }

    private static String copy(Visitor visitor, int entry, String what) {
        visitor.click("#copy-as");
        visitor.click(".menu-root:has(#copy-as) .menu-item:nth-child(" + entry + ")");
        await().until(() -> visitor.text("#toast").startsWith(what));
        return visitor.clipboard();
    }

    private static void compile(String name, String java, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"),
                JavaFileObject.Kind.SOURCE) {

            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return java;
            }

        };
        List<String> options = List.of("-proc:none", "-d", classes.toString(), "-classpath",
                System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(null, null, problems, options, null, List.of(source)).call();
        assertThat(compiled).as(java + problems.getDiagnostics()).isTrue();
    }

    @Test
    void historyShowsACallAgainAndMakesItAgain(Visitor visitor) {
        callOslo(visitor);
        visitor.driver().navigate().refresh();
        await().until(() -> !visitor.texts(".form .field").isEmpty());
        visitor.tab("history");
        visitor.click(".history-open");
        visitor.awaitText(".body", "Oslo");
        visitor.click(".history-row .icon-button");
        await().until(() -> visitor.texts(".history-open").size() == 2);
        visitor.awaitStatus("OK");
        visitor.tab("methods");
    }

    @Test
    void exportedHistoryComesBack(Visitor visitor, @TempDir Path folder) throws IOException {
        callOslo(visitor);
        visitor.run(
                "URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return '#'; }");
        visitor.tab("history");
        visitor.click(HISTORY_MENU);
        visitor.click(".history-head .menu-item:nth-child(1)");
        await().until(() -> visitor.run("return window.saved") != null);
        Path file = Files.writeString(folder.resolve("calls.json"), visitor.run("return window.saved").toString());
        visitor.click(HISTORY_MENU);
        visitor.click(".history-head .menu-item:nth-child(3)");
        assertThat(visitor.texts(".history-open")).isEmpty();
        visitor.element(".history-head input[type=file]").sendKeys(file.toString());
        await().until(() -> visitor.texts(".history-open").size() == 1);
        visitor.tab("methods");
    }

    private static void callOslo(Visitor visitor) {
        visitor.visit(FIND, "{\"name\": \"Oslo\"}");
        visitor.send();
        visitor.awaitStatus("OK");
    }

}
