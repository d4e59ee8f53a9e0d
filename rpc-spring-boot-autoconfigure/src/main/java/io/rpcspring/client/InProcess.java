package io.rpcspring.client;

import io.grpc.ManagedChannelBuilder;
import org.springframework.util.ClassUtils;

/**
 * Reaches servers in the same JVM without a network, by their name.
 */
final class InProcess {

    static final String SCHEME = "in-process:";

    private InProcess() {
    }

    /**
     * A builder of channels that retry, and that receive no larger messages than others.
     */
    static ManagedChannelBuilder<?> builder(String target, int maxMessageSize) {
        if (!ClassUtils.isPresent("io.grpc.inprocess.InProcessChannelBuilder", InProcess.class.getClassLoader())) {
            throw new IllegalArgumentException("grpc-inprocess is not on the class path");
        }
        // What is added first stands next to the transport.
        return InProcessNames.builder(target.substring(SCHEME.length())).intercept(new InboundLimit(maxMessageSize));
    }

}
