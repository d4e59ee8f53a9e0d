package io.rpcspring.autoconfigure.names;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;
import org.springframework.util.ClassUtils;

/**
 * Parts of the configuration that do nothing without a library. Each new one is a line.
 */
enum Integration {

    /** The health service. */
    HEALTH("rpc.server.health", "io.grpc.protobuf.services.HealthStatusManager", "io.grpc:grpc-services"),

    /** The reflection service. */
    REFLECTION("rpc.server.reflection", "io.grpc.protobuf.services.ProtoReflectionServiceV1", "io.grpc:grpc-services"),

    /** The channelz service. */
    CHANNELZ("rpc.server.channelz", "io.grpc.protobuf.services.ChannelzService", "io.grpc:grpc-services"),

    /** Authentication and authorization. */
    SECURITY("rpc.server.security", "org.springframework.security.core.Authentication",
            "org.springframework.boot:spring-boot-starter-security"),

    /** The control plane. */
    XDS("rpc.client.xds", "io.grpc.xds.XdsNameResolverProvider", "io.grpc:grpc-xds"),

    /** Load reports. */
    LOAD_REPORT("rpc.server.load-report", "io.grpc.xds.orca.OrcaServiceImpl", "io.grpc:grpc-xds"),

    /** Serving as a control plane says. */
    XDS_SERVER("rpc.server.xds", "io.grpc.xds.XdsServerBuilder", "io.grpc:grpc-xds"),

    /** Spring Cloud's registration. */
    REGISTRATION("rpc.server.registration", "org.springframework.cloud.client.serviceregistry.Registration",
            "org.springframework.cloud:spring-cloud-commons"),

    /** The access log. */
    ACCESS_LOG("rpc.server.access-log", "org.slf4j.spi.LoggingEventBuilder", "org.slf4j:slf4j-api"),

    /** The console. */
    CONSOLE("rpc.console", "org.springframework.web.socket.server.support.WebSocketHttpRequestHandler",
            "org.springframework.boot:spring-boot-starter-websocket"),

    /** Tokens of a channel. */
    TOKENS("rpc.client.channels.<name>.oauth2.registration",
            "org.springframework.security.oauth2.client.registration.ClientRegistration",
            "org.springframework.boot:spring-boot-starter-security-oauth2-client"),

    /** Tokens of all channels. */
    DEFAULT_TOKENS("rpc.client.defaults.oauth2.registration", TOKENS.type, TOKENS.library);

    private final String path;

    private final String type;

    private final String library;

    /**
     * A part of the configuration.
     * @param path where it stands, with {@code <name>} for each key
     * @param type a class of the library
     * @param library what to add, as Maven and Gradle name it
     */
    Integration(String path, String type, String library) {
        this.path = path;
        this.type = type;
        this.library = library;
    }

    /**
     * The library that a property needs and that is not there, unless its part is off.
     */
    static @Nullable String missing(KnownName property, PropertyResolver properties, ClassLoader classLoader) {
        for (Integration part : values()) {
            if ((property.path() + ".").startsWith(part.path + ".") && !ClassUtils.isPresent(part.type, classLoader)
                    && !"false".equals(properties.getProperty(part.path + ".enabled"))) {
                return part.library;
            }
        }
        return null;
    }

}
