package io.rpcspring.propagation;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * One registered thread-local, whose accessor may throw.
 */
final class RegisteredThreadLocal {

    /** More scopes than anybody forgets to close. */
    private static final int DEEPEST = 100;

    private final ThreadLocalAccessor<Object> accessor;

    /** Whether setting a value opens a scope, below which may be others. */
    private final boolean scoped;

    private final Complaint complaint;

    @SuppressWarnings("unchecked") // it is only ever given what it answered
    RegisteredThreadLocal(ThreadLocalAccessor<?> accessor) {
        this.accessor = (ThreadLocalAccessor<Object>) accessor;
        this.scoped = opensScopes(accessor.getClass());
        this.complaint = new Complaint("The thread-local '" + accessor.key() + "'");
    }

    /** A scope is closed by a {@code restore()} that is not the default. */
    private static boolean opensScopes(Class<?> type) {
        try {
            return type.getMethod("restore").getDeclaringClass() != ThreadLocalAccessor.class;
        }
        catch (NoSuchMethodException | LinkageError ex) {
            // A native image knows no method that nobody announced, and Spring Security
            // has an accessor whose methods name Reactor, which need not be there.
            return true;
        }
    }

    @Nullable Object value() {
        try {
            return this.accessor.getValue();
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
            return null;
        }
    }

    void set(Object value) {
        try {
            this.accessor.setValue(value);
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
        }
    }

    /**
     * Leaves nothing. An accessor's {@code setValue()} would not do: that of Micrometer's
     * observations hides the open scopes under another one.
     */
    void clear() {
        try {
            this.accessor.restore();
            for (int depth = 1; this.scoped && depth < DEEPEST && this.accessor.getValue() != null; depth++) {
                this.accessor.restore();
            }
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
        }
    }

}
