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

    static ManagedChannelBuilder<?> builder(String target) {
        if (!ClassUtils.isPresent("io.grpc.inprocess.InProcessChannelBuilder", InProcess.class.getClassLoader())) {
            throw new IllegalArgumentException("grpc-inprocess is not on the class path");
        }
        return InProcessNames.builder(target.substring(SCHEME.length()));
    }

}
