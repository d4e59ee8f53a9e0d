package io.rpcspring.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import org.jspecify.annotations.Nullable;

/**
 * Adds the channel's settings to what a name service says about them.
 * <p>
 * grpc-java takes one or the other as a whole: where a control plane says how to choose
 * among the servers, the channel's retries would be gone. What the name service says
 * counts; of what it says nothing about, the channel's own does.
 */
final class CompletedServiceConfig extends ServiceConfigParser {

    /** Control planes say one thing a route; so many routes are remembered. */
    private static final int MOST = 100;

    private static final String POLICIES = "loadBalancingConfig";

    private static final String METHODS = "methodConfig";

    private static final String TIMEOUT = "timeout";

    private final ServiceConfigParser parser;

    private final Map<String, Object> own;

    /** grpc-java asks anew for each call that a control plane routes. */
    private final Map<Map<String, ?>, ConfigOrError> parsed = new ConcurrentHashMap<>();

    CompletedServiceConfig(ServiceConfigParser parser, Map<String, Object> own) {
        this.parser = parser;
        this.own = own;
    }

    @Override
    public ConfigOrError parseServiceConfig(Map<String, ?> said) {
        if (said.containsKey(POLICIES)) {
            return this.parser.parseServiceConfig(complete(said));
        }
        ConfigOrError known = this.parsed.get(said);
        if (known != null) {
            return known;
        }
        ConfigOrError result = this.parser.parseServiceConfig(complete(said));
        if (this.parsed.size() < MOST) {
            this.parsed.put(said, result);
        }
        return result;
    }

    private Map<String, Object> complete(Map<String, ?> said) {
        Map<String, Object> complete = new HashMap<>(this.own);
        complete.putAll(said);
        if (said.get(POLICIES) instanceof List<?> policies) {
            complete.put(POLICIES, WatchedPolicy.around(policies));
        }
        Object timeout = timeoutOfAll(said.get(METHODS));
        if (timeout != null && this.own.get(METHODS) instanceof List<?> ours) {
            complete.put(METHODS, withTimeout(ours, timeout));
        }
        return complete;
    }

    /** All that a control plane says of a route that is not to be tried again. */
    private static @Nullable Object timeoutOfAll(@Nullable Object methods) {
        if (methods instanceof List<?> list && list.size() == 1 && list.get(0) instanceof Map<?, ?> method
                && method.size() == 2 && List.of(Map.of()).equals(method.get("name"))) {
            return method.get(TIMEOUT);
        }
        return null;
    }

    private static List<Map<Object, Object>> withTimeout(List<?> methods, Object timeout) {
        List<Map<Object, Object>> all = new ArrayList<>();
        for (Object method : methods) {
            Map<Object, Object> timed = new HashMap<>((Map<?, ?>) method);
            timed.put(TIMEOUT, timeout);
            all.add(timed);
        }
        return all;
    }

}
