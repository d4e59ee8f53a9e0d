package io.rpcspring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.core.env.Environment;

/**
 * Leaves <code>${local.rpc.server.port}</code> and its like for the first call.
 * <p>
 * In a child context the environment has the answer of the parent, which is wrong as soon
 * as the child has a server of its own.
 */
final class LatePlaceholders extends PropertySourcesPlaceholdersResolver {

    LatePlaceholders(Environment environment) {
        super(environment);
    }

    @Override
    protected @Nullable String resolvePlaceholder(String placeholder) {
        return placeholder.startsWith("local.") ? null : super.resolvePlaceholder(placeholder);
    }

}
