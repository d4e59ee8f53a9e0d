package io.rpcspring.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Shows calls to whoever reads a test's failure.
 */
final class ExchangeText {

    /** As many of each as somebody reads. */
    private static final int MOST = 10;

    private static final int LENGTH = 200;

    private ExchangeText() {
    }

    /** A list of calls, each with a number, or that there are none. */
    static String of(List<RpcExchange> exchanges) {
        List<String> lines = new ArrayList<>();
        for (RpcExchange exchange : exchanges.subList(0, Math.min(MOST, exchanges.size()))) {
            lines.add("  " + (lines.size() + 1) + ". " + of(exchange).replace("\n", "\n     "));
        }
        if (exchanges.size() > MOST) {
            lines.add("  and " + (exchanges.size() - MOST) + " more");
        }
        return lines.isEmpty() ? "  none" : String.join("\n", lines);
    }

    static String of(RpcExchange exchange) {
        Status status = exchange.status();
        String end = (status != null) ? status.getCode() + text(status) : "still running";
        return exchange.method() + "\n  headers:   " + headers(exchange.headers()) + "\n  deadline:  "
                + ((exchange.deadline() != null) ? exchange.deadline().toMillis() + "ms" : "none") + "\n  requests:  "
                + messages(exchange.requests()) + "\n  responses: " + messages(exchange.responses()) + "\n  ended:     "
                + end + ((exchange.attempts() > 1) ? " (attempt " + exchange.attempts() + ")" : "");
    }

    private static String text(Status status) {
        return (status.getDescription() != null) ? ": " + shortened(status.getDescription()) : "";
    }

    private static String headers(Metadata headers) {
        String text = headers.keys()
            .stream()
            .filter((name) -> !CallHeaders.isOwn(name))
            .sorted()
            .map((name) -> header(headers, name))
            .collect(Collectors.joining(", "));
        return text.isEmpty() ? "none" : text;
    }

    private static String header(Metadata headers, String name) {
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            byte[] bytes = headers.get(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
            return name + "=" + Objects.requireNonNull(bytes).length + " bytes";
        }
        return name + "=" + shortened(
                Objects.requireNonNull(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))));
    }

    static String messages(List<Message> messages) {
        String text = messages.stream()
            .limit(MOST)
            .map((message) -> message.getDescriptorForType().getName() + " {"
                    + shortened(TextFormat.printer().emittingSingleLine(true).printToString(message).trim()) + "}")
            .collect(Collectors.joining(", "));
        int more = messages.size() - MOST;
        return messages.isEmpty() ? "none" : text + ((more > 0) ? " and " + more + " more" : "");
    }

    private static String shortened(String text) {
        return (text.length() <= LENGTH) ? text : text.substring(0, LENGTH) + "…";
    }

}
