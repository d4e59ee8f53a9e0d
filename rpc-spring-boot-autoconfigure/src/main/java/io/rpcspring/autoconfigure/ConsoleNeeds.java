package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;

/**
 * Says what the console lacks.
 *
 * @param classLoader has the libraries that are there
 */
record ConsoleNeeds(@Nullable ClassLoader classLoader) {

    private static final String ON = "rpc.console.enabled is true, but ";

    private static final String OR_OFF = ", or remove rpc.console.enabled.";

    /** Artifacts by a class of each. */
    private static final Map<String, String> LIBRARIES = new TreeMap<>(Map.of("com.google.protobuf.util.JsonFormat",
            "com.google.protobuf:protobuf-java-util", "io.grpc.inprocess.InProcessChannelBuilder",
            "io.grpc:grpc-inprocess", "org.springframework.web.socket.server.support.WebSocketHttpRequestHandler",
            "org.springframework.boot:spring-boot-starter-websocket"));

    /**
     * Finds out whether all is there.
     * @param servlet whether the application serves HTTP through servlets
     * @throws RpcConfigurationException if something is not
     */
    void check(Environment environment, boolean servlet) {
        if (!environment.getProperty("rpc.server.enabled", boolean.class, true)) {
            throw new RpcConfigurationException(ON + "rpc.server.enabled is false: there is nothing to try.",
                    "Remove rpc.server.enabled" + OR_OFF);
        }
        LIBRARIES.forEach((type, library) -> {
            if (!ClassUtils.isPresent(type, this.classLoader)) {
                throw new RpcConfigurationException(ON + library + " is not on the class path.",
                        "Add the dependency " + library + OR_OFF);
            }
        });
        if (!servlet) {
            String asked = environment.getProperty("spring.main.web-application-type");
            throw new RpcConfigurationException(
                    ON + "this is no servlet web application"
                            + ((asked != null) ? ": spring.main.web-application-type is " + asked + "." : "."),
                    "Set spring.main.web-application-type to servlet" + OR_OFF);
        }
    }

}
