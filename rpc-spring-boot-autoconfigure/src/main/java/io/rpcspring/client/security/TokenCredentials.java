package io.rpcspring.client.security;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.Metadata;

/**
 * Gives one call the token of a registration, as soon as there is one.
 * <p>
 * gRPC asks for each attempt of the call, on any thread, the transport's too; the call's
 * deadline and cancellation end its wait.
 */
final class TokenCredentials extends CallCredentials {

    private final SharedToken token;

    /** Says whose token it is that a call cannot have. */
    private final String what;

    /** Written before the call is started. */
    private boolean superfluous;

    TokenCredentials(SharedToken token, String what) {
        this.token = token;
        this.what = what;
    }

    /**
     * The call brings an authorization of its own. Call it before the call is started.
     */
    void omit() {
        this.superfluous = true;
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier call) {
        if (this.superfluous) {
            call.apply(new Metadata());
            return;
        }
        HeldToken usable = this.token.usable();
        if (usable != null) {
            usable.tell(call, this.what);
        }
        else {
            this.token.next().thenAcceptAsync((answer) -> answer.tell(call, this.what), executor);
        }
    }

}
