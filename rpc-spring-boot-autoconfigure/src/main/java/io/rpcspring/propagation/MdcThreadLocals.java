package io.rpcspring.propagation;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

import io.rpcspring.server.pool.ThreadLocals;

/**
 * The logging context of a call, whatever logging there is.
 * <p>
 * An empty one is not copied. (Log4j2 answers with a new map for it.) The stacks of
 * {@link MDC#pushByKey} stay where they are: nothing lists them.
 */
public final class MdcThreadLocals implements ThreadLocals {

    private final MDCAdapter mdc;

    private final Complaint complaint = new Complaint("The logging context (MDC)");

    public MdcThreadLocals() {
        this(MDC.getMDCAdapter());
    }

    MdcThreadLocals(MDCAdapter mdc) {
        this.mdc = mdc;
    }

    @Override
    public @Nullable Object take() {
        Map<String, String> map = map();
        if (map == null) {
            return null;
        }
        // Logback copies a map that has become empty again and again, until it is
        // dropped.
        clear();
        return map.isEmpty() ? null : map;
    }

    @Override
    public @Nullable Object copy() {
        Map<String, String> map = map();
        return (map == null || map.isEmpty()) ? null : map;
    }

    @Override
    @SuppressWarnings("unchecked") // only maps are given away
    public void put(Object taken) {
        try {
            this.mdc.setContextMap((Map<String, String>) taken);
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
        }
    }

    @Override
    public void clear() {
        try {
            this.mdc.clear();
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
        }
    }

    private @Nullable Map<String, String> map() {
        try {
            return this.mdc.getCopyOfContextMap();
        }
        catch (Throwable ex) {
            this.complaint.make(ex);
            return null;
        }
    }

}
