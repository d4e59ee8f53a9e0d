package io.rpcspring.observation;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.micrometer.core.instrument.Tags;

/**
 * Whose names the meters of calls have.
 */
public enum MeterNames {

    /** Those of Micrometer's own instrumentation of gRPC, which Spring Boot uses, too. */
    MICROMETER("grpc.server", "grpc.client"),

    /** Those of OpenTelemetry's conventions for RPC. */
    OTEL("rpc.server.call.duration", "rpc.client.call.duration");

    /** Stands for all methods that are not known by name. */
    static final String OTHER = "_OTHER";

    private static final String METHOD = "rpc.method";

    private static final String SERVICE = "rpc.service";

    private final String serverCalls;

    private final String clientCalls;

    MeterNames(String serverCalls, String clientCalls) {
        this.serverCalls = serverCalls;
        this.clientCalls = clientCalls;
    }

    String calls(Side side) {
        return (side == Side.SERVER) ? this.serverCalls : this.clientCalls;
    }

    Tags method(String fullName, MethodType type) {
        return (this == OTEL) ? Tags.of(METHOD, fullName) : serviceAndMethod(fullName).and("rpc.type", type.name());
    }

    Tags end(Status.Code code) {
        return (this == OTEL) ? Tags.of("rpc.response.status_code", code.name())
                : Tags.of("grpc.status_code", code.name(), "error", (code == Status.Code.OK) ? "none" : code.name());
    }

    /** Tags of what has the same name, whoever's names the calls have. */
    static Tags serviceAndMethod(String fullName) {
        String service = MethodDescriptor.extractFullServiceName(fullName);
        return (service != null) ? Tags.of(SERVICE, service, METHOD, fullName.substring(service.length() + 1))
                : Tags.of(SERVICE, OTHER, METHOD, fullName);
    }

    /** Who measures a call. */
    enum Side {

        /** Who is called. */
        SERVER("grpc.server"),

        /** Who calls. */
        CLIENT("grpc.client");

        private final String prefix;

        Side(String prefix) {
            this.prefix = prefix;
        }

        /** What is named so whoever's names the calls have. */
        String named(String what) {
            return this.prefix + "." + what;
        }

    }

}
