package io.rpcspring.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Serves the page and its WebSocket to those who may have it.
 * <p>
 * It answers GET only, and nothing that it answers without a WebSocket starts a call.
 */
public final class ConsoleServlet extends HttpServlet {

    /** Nothing but the page's own files, and nothing of it in another page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none';"
            + " frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private final transient Console console;

    private final transient Gate gate;

    private final transient WebSocketHttpRequestHandler socket;

    /**
     * Serves a console.
     * @param console what is served
     * @param gate decides who may have it
     */
    public ConsoleServlet(Console console, Gate gate) {
        this.console = console;
        this.gate = gate;
        this.socket = new WebSocketHttpRequestHandler(new ConsoleSocket(console));
    }

    @Override
    public void init() {
        this.socket.setServletContext(getServletContext());
        this.socket.start();
    }

    @Override
    public void destroy() {
        this.socket.stop();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        secure(response);
        String refusal = this.gate.refusal(request);
        if (refusal != null) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, refusal);
        }
        else if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            refuse(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "The RPC console answers GET only.");
        }
        else {
            answer(request, response, request.getPathInfo());
        }
    }

    private static void secure(HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Cache-Control", "no-store");
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, @Nullable String path)
            throws ServletException, IOException {
        if (path == null) {
            response.setStatus(HttpServletResponse.SC_FOUND);
            response.setHeader("Location", getServletContext().getContextPath() + this.console.settings().path() + "/");
            return;
        }
        switch (path) {
            case "/" -> file(request, response, "index.html");
            case "/session" -> session(request, response);
            case "/socket" -> socket(request, response);
            default -> file(request, response, path.substring(1));
        }
    }

    private void session(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!this.gate.isOwnSite(request)) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "Only the RPC console's own page may ask for this.");
            return;
        }
        write(response, "application/json", this.console.session().toString().getBytes(StandardCharsets.UTF_8));
    }

    private void socket(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        if (!this.gate.isSameOrigin(request)) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN,
                    "Only the RPC console's own page may open its WebSocket: the Origin is another.");
            return;
        }
        this.socket.handleRequest(request, response);
    }

    private static void file(HttpServletRequest request, HttpServletResponse response, String path) throws IOException {
        PageFile file = PageFile.find(path);
        if (file == null) {
            refuse(response, HttpServletResponse.SC_NOT_FOUND, "The RPC console has no such file.");
            return;
        }
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", file.tag());
        if (file.tag().equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        write(response, file.type(), file.content());
    }

    private static void refuse(HttpServletResponse response, int status, String words) throws IOException {
        response.setStatus(status);
        write(response, "text/plain;charset=UTF-8", (words + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void write(HttpServletResponse response, String type, byte[] content) throws IOException {
        response.setContentType(type);
        response.setContentLength(content.length);
        response.getOutputStream().write(content);
    }

}
