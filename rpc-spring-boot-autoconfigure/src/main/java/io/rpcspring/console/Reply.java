package io.rpcspring.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the console answers without a WebSocket, with all that keeps strangers away
 * from it.
 *
 * @param response what is written to
 */
record Reply(HttpServletResponse response) {

    /** Nothing but the page's own files, and nothing of it in another page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none';"
            + " frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /** Comes before all else. */
    void secure() {
        this.response.setHeader("Content-Security-Policy", POLICY);
        this.response.setHeader("X-Content-Type-Options", "nosniff");
        this.response.setHeader("X-Frame-Options", "DENY");
        this.response.setHeader("Referrer-Policy", "no-referrer");
        this.response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        this.response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        this.response.setHeader("Cache-Control", "no-store");
    }

    void redirect(String path) {
        this.response.setStatus(HttpServletResponse.SC_FOUND);
        this.response.setHeader("Location", path);
    }

    void refuse(int status, String words) throws IOException {
        this.response.setStatus(status);
        write("text/plain;charset=UTF-8", (words + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A file of the page, unless the browser has it by this tag. */
    void write(PageFile file, @Nullable String tag) throws IOException {
        this.response.setHeader("Cache-Control", "no-cache");
        this.response.setHeader("ETag", file.tag());
        if (file.tag().equals(tag)) {
            this.response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        write(file.type(), file.content());
    }

    void write(String type, byte[] content) throws IOException {
        this.response.setContentType(type);
        this.response.setContentLength(content.length);
        this.response.getOutputStream().write(content);
    }

}
