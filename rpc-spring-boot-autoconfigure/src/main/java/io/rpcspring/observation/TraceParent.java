package io.rpcspring.observation;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Finds the trace that a caller says it is in.
 */
final class TraceParent {

    private static final Metadata.Key<String> HEADER = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private TraceParent() {
    }

    /** As W3C writes it: version, trace, span and flags. */
    static @Nullable String idIn(Metadata headers) {
        String parent = headers.get(HEADER);
        return (parent != null && parent.matches("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*"))
                ? parent.substring(3, 35) : null;
    }

}
