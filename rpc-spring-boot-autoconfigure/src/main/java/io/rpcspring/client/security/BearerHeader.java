package io.rpcspring.client.security;

import io.grpc.Metadata;

/**
 * Writes a token as calls send it.
 */
final class BearerHeader {

    static final Metadata.Key<String> KEY = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private BearerHeader() {
    }

    static String value(String token) {
        return "Bearer " + token;
    }

    /** Nobody may change them: they are merged into the headers of many calls. */
    static Metadata headers(String token) {
        Metadata headers = new Metadata();
        headers.put(KEY, value(token));
        return headers;
    }

}
