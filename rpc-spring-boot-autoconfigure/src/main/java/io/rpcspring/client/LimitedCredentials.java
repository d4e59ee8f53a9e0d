package io.rpcspring.client;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.InternalMayRequireSpecificExecutor;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Counts what a call's credentials add to its headers, before these are sent.
 * <p>
 * grpc-java asks credentials anew for each attempt of a call, on any thread.
 */
final class LimitedCredentials extends CallCredentials implements InternalMayRequireSpecificExecutor {

    private final CallCredentials credentials;

    private final HeaderLimit limit;

    /** Without what the credentials add. Written before the call is started. */
    private long size;

    LimitedCredentials(CallCredentials credentials, HeaderLimit limit) {
        this.credentials = credentials;
        this.limit = limit;
    }

    /**
     * Says what is there already. Call it before the call is started.
     */
    void addTo(long headers) {
        this.size = headers;
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
        this.credentials.applyRequestMetadata(request, executor, new MetadataApplier() {

            @Override
            public void apply(Metadata headers) {
                long total = LimitedCredentials.this.size + HeaderLimit.sizeOf(headers);
                if (LimitedCredentials.this.limit.isExceededBy(total)) {
                    applier.fail(LimitedCredentials.this.limit.refusal(total));
                }
                else {
                    applier.apply(headers);
                }
            }

            @Override
            public void fail(Status status) {
                applier.fail(status);
            }

        });
    }

    @Override
    public boolean isSpecificExecutorRequired() {
        return this.credentials instanceof InternalMayRequireSpecificExecutor special
                && special.isSpecificExecutorRequired();
    }

    @Override
    public String toString() {
        return this.credentials.toString();
    }

}
