package io.rpcspring.server.call;

import java.time.Duration;
import java.util.Locale;

import io.grpc.Grpc;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.AdmittedCall;

/**
 * Says what a call in flight is, and how far.
 *
 * @param method the full name of its method
 * @param age since its headers came, in milliseconds
 * @param stage how far it is
 * @param pool the pool that runs it; null for the framework's own services, which need
 * none
 * @param peer the address of its client; null if the transport has none
 * @param thread the name of the thread that works on it; null while none does, and for
 * pools of type {@code direct}, whose calls share the transport's threads
 */
public record CallReport(String method, Duration age, Stage stage, @Nullable String pool, @Nullable String peer,
        @Nullable String thread) {

    /** What is seen of a call now. Takes no lock. */
    static CallReport of(LiveCall<?, ?> call, @Nullable String pool, boolean drained) {
        AdmittedCall admitted = call.run();
        Thread thread = (admitted != null) ? admitted.thread() : null;
        Stage stage = drained ? Stage.DRAINED
                : (admitted != null && admitted.isWaiting()) ? Stage.WAITING : Stage.RUNNING;
        Object peer = call.connection().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return new CallReport(call.method(), call.age(), stage, pool, (peer != null) ? peer.toString() : null,
                (thread != null) ? thread.getName() : null);
    }

    /** How far a call is. */
    public enum Stage {

        /** It waits for a thread, or for its request. */
        WAITING,

        /** Its handler has begun, on a thread or between two of them. */
        RUNNING,

        /** Its server takes no more calls, and waits for this one to end. */
        DRAINED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

    }

}
