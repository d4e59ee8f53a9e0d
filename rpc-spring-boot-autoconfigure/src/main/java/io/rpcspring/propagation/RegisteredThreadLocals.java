package io.rpcspring.propagation;

import java.util.List;
import java.util.function.Supplier;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.ThreadLocals;

/**
 * All that context-propagation has an accessor for, and the logging context.
 * <p>
 * The accessors are those that are registered when the first call runs, so that the
 * application has had all its start-up to register its own. The registry is only read:
 * the logging context follows calls without being registered, and the accessors are not
 * made a second time, since the one of observations counts on being the only one.
 * <p>
 * An observation's scopes may change the logging context when they open and close, so
 * that is read before all others, and put and cleared after them.
 */
public final class RegisteredThreadLocals implements ThreadLocals {

    private final FoundThreadLocals found;

    private final @Nullable MdcThreadLocals mdc;

    /**
     * Reads the application's registry.
     * @param mdc the logging context, if there is one
     */
    public RegisteredThreadLocals(@Nullable MdcThreadLocals mdc) {
        this(() -> ContextRegistry.getInstance().getThreadLocalAccessors(), mdc);
    }

    RegisteredThreadLocals(Supplier<? extends List<ThreadLocalAccessor<?>>> registered, @Nullable MdcThreadLocals mdc) {
        this.found = new FoundThreadLocals(registered, mdc == null);
        this.mdc = mdc;
    }

    @Override
    public @Nullable Object take() {
        List<RegisteredThreadLocal> all = this.found.all();
        @Nullable Object[] values = values(all, (this.mdc != null) ? this.mdc.take() : null);
        if (values == null) {
            return null;
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            if (values[i] != null) {
                all.get(i).clear();
            }
        }
        if (this.mdc != null) {
            this.mdc.clear();
        }
        return values;
    }

    @Override
    public void clear() {
        List<RegisteredThreadLocal> all = this.found.all();
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).value() != null) {
                all.get(i).clear();
            }
        }
        if (this.mdc != null) {
            this.mdc.clear();
        }
    }

    @Override
    public @Nullable Object copy() {
        return values(this.found.all(), (this.mdc != null) ? this.mdc.copy() : null);
    }

    /** The values in the order of their accessors, and the logging context behind. */
    private static @Nullable Object @Nullable [] values(List<RegisteredThreadLocal> all, @Nullable Object logged) {
        @Nullable Object[] values = null;
        int size = all.size();
        for (int i = 0; i <= size; i++) {
            Object value = (i < size) ? all.get(i).value() : logged;
            if (value != null) {
                values = (values != null) ? values : new @Nullable Object[size + 1];
                values[i] = value;
            }
        }
        return values;
    }

    @Override
    public void put(Object taken) {
        List<RegisteredThreadLocal> all = this.found.all();
        @Nullable Object[] values = (@Nullable Object[]) taken;
        for (int i = 0; i < all.size(); i++) {
            Object value = values[i];
            if (value != null) {
                all.get(i).set(value);
            }
        }
        Object logged = values[all.size()];
        if (this.mdc != null && logged != null) {
            this.mdc.put(logged);
        }
    }

}
