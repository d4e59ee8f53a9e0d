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

    private final transient ConsoleView view;

    private final transient Gate gate;

    private final transient WebSocketHttpRequestHandler socket;

    /**
     * Serves a console.
     * @param console what is served
     * @param gate decides who may have it
     */
    public ConsoleServlet(Console console, Gate gate) {
        this.view = console.view();
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
        Reply reply = new Reply(response);
        reply.secure();
        String refusal = this.gate.refusal(request);
        if (refusal != null) {
            reply.refuse(HttpServletResponse.SC_FORBIDDEN, refusal);
        }
        else if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            reply.refuse(HttpServletResponse.SC_METHOD_NOT_ALLOWED, "The RPC console answers GET only.");
        }
        else {
            answer(request, reply, request.getPathInfo());
        }
    }

    private void answer(HttpServletRequest request, Reply reply, @Nullable String path)
            throws ServletException, IOException {
        if (path == null) {
            reply.redirect(getServletContext().getContextPath() + this.view.settings().path() + "/");
            return;
        }
        switch (path) {
            case "/" -> file(request, reply, "index.html");
            case "/session" -> session(request, reply);
            case "/socket" -> socket(request, reply);
            default -> file(request, reply, path.substring(1));
        }
    }

    private void session(HttpServletRequest request, Reply reply) throws IOException {
        if (!this.gate.isOwnSite(request)) {
            reply.refuse(HttpServletResponse.SC_FORBIDDEN, "Only the RPC console's own page may ask for this.");
            return;
        }
        reply.write("application/json", this.view.session().toString().getBytes(StandardCharsets.UTF_8));
    }

    private void socket(HttpServletRequest request, Reply reply) throws ServletException, IOException {
        if (!this.gate.isSameOrigin(request)) {
            reply.refuse(HttpServletResponse.SC_FORBIDDEN,
                    "Only the RPC console's own page may open its WebSocket: the Origin is another.");
            return;
        }
        this.socket.handleRequest(request, reply.response());
    }

    private static void file(HttpServletRequest request, Reply reply, String path) throws IOException {
        PageFile file = PageFile.find(path);
        if (file == null) {
            reply.refuse(HttpServletResponse.SC_NOT_FOUND, "The RPC console has no such file.");
        }
        else {
            reply.write(file, request.getHeader("If-None-Match"));
        }
    }

}
