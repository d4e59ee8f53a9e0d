package io.rpcspring.server.security;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import io.rpcspring.RpcContext;

/**
 * Takes who a test says that it is, by {@code @WithMockUser} for example, to the server
 * within the same JVM.
 * <p>
 * There is none outside of tests. What a handler calls has its caller only as in
 * production.
 */
public final class MockedCallers {

    private static final Metadata.Key<String> KEY = Metadata.Key.of("rpc-mocked-caller",
            Metadata.ASCII_STRING_MARSHALLER);

    private final Map<String, Authentication> callers = new ConcurrentHashMap<>();

    /**
     * Announces the call that this thread is about to make, if it is a test's.
     * @param headers get a mark
     * @return forgets the caller, once the call has ended
     */
    public Runnable announce(Metadata headers) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller == null || Context.current() != Context.ROOT) {
            return () -> {
            };
        }
        String id = UUID.randomUUID().toString();
        this.callers.put(id, caller);
        headers.put(KEY, id);
        return () -> this.callers.remove(id);
    }

    /** Who makes a call, unless it has credentials of its own. */
    @Nullable Authentication of(RpcContext call) {
        String id = call.requestHeaders().get(KEY);
        return (id != null && !AuthorizationHeader.isIn(call)) ? this.callers.get(id) : null;
    }

}
