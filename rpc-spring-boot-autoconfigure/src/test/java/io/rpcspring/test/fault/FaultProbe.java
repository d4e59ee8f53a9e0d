package io.rpcspring.test.fault;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Asks what would happen to a call.
 */
public final class FaultProbe {

    private FaultProbe() {
    }

    public static boolean hits(FaultBook book, MethodDescriptor<?, ?> method) {
        return !book.planOf(null, method, new Metadata()).isNone();
    }

}
