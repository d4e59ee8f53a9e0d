package io.rpcspring.client;

import java.util.concurrent.TimeUnit;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Gives a call what its user left open: deadline, compression, credentials.
 * <p>
 * A deadline starts anew with each call. What the call says itself is left alone.
 *
 * @param deadlineNanos of a unary call, 0 for none
 * @param streamDeadlineNanos of a streaming call, 0 for none
 * @param waitForReady whether to wait for a connection
 * @param compressor what compresses the requests, if anything
 * @param severalAttempts whether a call may be sent more than once
 * @param credentials what the call shows to the server, if anything
 */
record CallDefaults(long deadlineNanos, long streamDeadlineNanos, boolean waitForReady, @Nullable String compressor,
        boolean severalAttempts, @Nullable CallCredentials credentials) {

    static CallDefaults of(CallSettings settings, @Nullable CallCredentials credentials) {
        return new CallDefaults(settings.deadline().toNanos(), settings.streamDeadline().toNanos(),
                settings.waitForReady(), settings.compression(), settings.severalAttempts(), credentials);
    }

    CallOptions applyTo(CallOptions given, MethodDescriptor.MethodType type) {
        CallOptions options = given;
        long nanos = (type == MethodDescriptor.MethodType.UNARY) ? this.deadlineNanos : this.streamDeadlineNanos;
        if (nanos != 0 && given.getDeadline() == null) {
            options = options.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS);
        }
        if (this.waitForReady) {
            options = options.withWaitForReady();
        }
        if (this.compressor != null && given.getCompressor() == null) {
            options = options.withCompression(this.compressor);
        }
        if (this.credentials != null && given.getCredentials() == null) {
            options = options.withCallCredentials(this.credentials);
        }
        return options;
    }

}
