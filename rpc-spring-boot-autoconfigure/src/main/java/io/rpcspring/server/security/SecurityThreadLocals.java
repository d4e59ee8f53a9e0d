package io.rpcspring.server.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

import io.rpcspring.server.pool.ThreadLocals;

/**
 * Who calls, as Spring Security knows it, whatever carries other thread-locals.
 * <p>
 * Nothing is left on a thread, also no empty context, which somebody could fill later.
 */
public final class SecurityThreadLocals implements ThreadLocals {

    @Override
    public @Nullable Object take() {
        Object taken = copy();
        clear();
        return taken;
    }

    @Override
    public void clear() {
        SecurityContextHolder.clearContext();
    }

    @Override
    public @Nullable Object copy() {
        SecurityContext context = SecurityContextHolder.getContext();
        return (context.getAuthentication() != null) ? context : null;
    }

    @Override
    public void put(Object taken) {
        SecurityContextHolder.setContext((SecurityContext) taken);
    }

}
