package io.rpcspring.server.pool;

import java.util.stream.Stream;

/**
 * The types of pool that this JVM has.
 */
final class Pools {

    private Pools() {
    }

    static Stream<String> types() {
        return VirtualThreads.areSupported() ? Stream.of("platform", "virtual") : Stream.of("platform");
    }

}
