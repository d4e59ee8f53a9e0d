package io.rpcspring.propagation;

import java.util.List;
import java.util.function.Supplier;

import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * The thread-locals that are registered when they are asked for first.
 */
final class FoundThreadLocals {

    private final Supplier<? extends List<ThreadLocalAccessor<?>>> registered;

    private final boolean logging;

    private final Complaint complaint = new Complaint("What is registered for context-propagation");

    private volatile @Nullable List<RegisteredThreadLocal> found;

    /**
     * Has found nothing yet.
     * @param registered all accessors
     * @param logging whether that of the logging context is one of them
     */
    FoundThreadLocals(Supplier<? extends List<ThreadLocalAccessor<?>>> registered, boolean logging) {
        this.registered = registered;
        this.logging = logging;
    }

    List<RegisteredThreadLocal> all() {
        List<RegisteredThreadLocal> all = this.found;
        return (all != null) ? all : find();
    }

    private synchronized List<RegisteredThreadLocal> find() {
        List<RegisteredThreadLocal> all = this.found;
        if (all == null) {
            all = readable();
            this.found = all;
        }
        return all;
    }

    private List<RegisteredThreadLocal> readable() {
        try {
            return this.registered.get().stream().filter(this::isIncluded).map(RegisteredThreadLocal::new).toList();
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
            return List.of();
        }
    }

    private boolean isIncluded(ThreadLocalAccessor<?> accessor) {
        return this.logging || !Slf4jThreadLocalAccessor.KEY.equals(accessor.key());
    }

}
