package io.rpcspring.client;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Says in one line why a server could not be reached.
 * <p>
 * What TLS or the network had to say is deep in the causes, which few logs show.
 */
final class FailureText {

    private FailureText() {
    }

    /** What is known: the description and the innermost cause. */
    static String of(Status status) {
        String description = (status.getDescription() != null) ? status.getDescription() : status.getCode().name();
        String root = root(status);
        return (root == null || description.contains(root)) ? description : description + ": " + root;
    }

    /** What the innermost cause says, if there is one. */
    static @Nullable String root(Status status) {
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return (root != null) ? root.getMessage() : null;
    }

}
