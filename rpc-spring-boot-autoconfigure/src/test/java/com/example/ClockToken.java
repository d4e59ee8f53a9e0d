package com.example;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import org.springframework.stereotype.Component;

/** Puts the token of the moment on each call. */
@Component
class ClockToken extends CallCredentials {

    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    private final Tokens tokens;

    ClockToken(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
        executor.execute(() -> {
            try {
                Metadata headers = new Metadata();
                headers.put(AUTHORIZATION, "Bearer " + this.tokens.current());
                applier.apply(headers);
            }
            catch (RuntimeException ex) {
                applier.fail(Status.UNAVAILABLE.withDescription("No token for the clock").withCause(ex));
            }
        });
    }

}
