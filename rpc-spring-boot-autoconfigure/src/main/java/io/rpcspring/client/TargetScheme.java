package io.rpcspring.client;

import java.util.Map;

import io.rpcspring.RpcConfigurationException;

/**
 * Says which library a target needs that is not there.
 */
final class TargetScheme {

    private static final Map<String, Library> LIBRARIES = Map.of("discovery",
            new Library("Spring Cloud",
                    "of your registry, such as org.springframework.cloud:spring-cloud-starter-netflix-eureka-client"),
            "xds", new Library("io.grpc:grpc-xds", "io.grpc:grpc-xds"));

    private TargetScheme() {
    }

    /** The part of a target before the first colon. */
    static String of(String target) {
        return target.substring(0, Math.max(target.indexOf(':'), 0));
    }

    /**
     * Finds out whether a library is missing.
     * @throws RpcConfigurationException if one is
     */
    static void check(String property, String target) {
        Library library = LIBRARIES.get(of(target));
        if (library != null) {
            throw new RpcConfigurationException(
                    property + " is '" + target + "', but " + library.name() + " is not on the class path.",
                    "Add the dependency " + library.dependency() + ", or set another target, such as"
                            + " dns:///places:9090.");
        }
    }

    /**
     * What a scheme needs.
     *
     * @param name how messages call it
     * @param dependency what to add
     */
    private record Library(String name, String dependency) {

    }

}
