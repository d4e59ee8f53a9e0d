package io.rpcspring.server.xds;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.xds.XdsServerBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;

/**
 * Says when the control plane closes the port and opens it again, once each.
 */
final class MeshedPort implements XdsServerBuilder.XdsServingStatusListener {

    private static final Log logger = LogFactory.getLog(ControlPlane.class);

    /** Why it is closed; null while it is open. */
    private volatile @Nullable String trouble;

    @Override
    public void onServing() {
        if (this.trouble != null) {
            logger.info("gRPC server takes calls, as the xDS control plane says");
        }
        this.trouble = null;
    }

    @Override
    public void onNotServing(Throwable thrown) {
        String why = why(thrown);
        if (this.trouble == null) {
            logger.warn("gRPC server takes no calls, as the xDS control plane says or does not answer: " + why);
        }
        this.trouble = why;
    }

    /** Goes on with what is known of it; empty if nothing is. */
    String because() {
        String known = this.trouble;
        return (known != null) ? ": " + known : "";
    }

    /** grpc-java keeps the reason below its own words. */
    private static String why(Throwable thrown) {
        String words = String.valueOf(Status.fromThrowable(thrown).getDescription());
        String reason = innermost(thrown);
        return (reason == null || reason.contains(words) || words.contains(reason)) ? words : words + ": " + reason;
    }

    static @Nullable String innermost(Throwable thrown) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(thrown);
        return (cause instanceof StatusException || cause instanceof StatusRuntimeException)
                ? Status.fromThrowable(cause).getDescription() : cause.getMessage();
    }

}
