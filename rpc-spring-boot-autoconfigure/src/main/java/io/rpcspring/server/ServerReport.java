package io.rpcspring.server;

import java.util.List;
import java.util.Locale;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Says what the server is and how far.
 *
 * @param state how far it is
 * @param doors the addresses that it listens on
 * @param calls how many calls are in flight, without those of the framework's own
 * services
 * @param services what it serves, by name
 */
public record ServerReport(State state, List<String> doors, int calls, List<Service> services) {

    static final ServerReport STOPPED = new ServerReport(State.STOPPED, List.of(), 0, List.of());

    /** How far a server is. */
    public enum State {

        /** It does not listen. */
        STOPPED,

        /** It takes calls. */
        RUNNING,

        /** It still takes calls, and has said that it is not ready. */
        LEAVING,

        /** It takes no more calls, and waits for those in flight. */
        DRAINING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

    }

    /**
     * What is known of a service.
     *
     * @param name its full name
     * @param bean the bean that serves it; null for the framework's own
     * @param methods its methods
     */
    public record Service(String name, @Nullable String bean, List<Method> methods) {
    }

    /**
     * What is known of a method.
     *
     * @param name its bare name
     * @param kind unary, or which side streams
     * @param pool what runs it; null for the transport's own thread
     * @param interceptors the classes of the interceptors that a call passes, outermost
     * first, without those that a customizer adds
     */
    public record Method(@Nullable String name, MethodDescriptor.MethodType kind, @Nullable String pool,
            List<String> interceptors) {
    }

}
