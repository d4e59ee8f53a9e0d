package io.rpcspring.autoconfigure.names;

import java.util.Collection;
import java.util.stream.Collectors;

import io.rpcspring.RpcConfigurationException;

/**
 * One thing that is wrong with the configuration, so that all can be told at once.
 *
 * @param description what is wrong
 * @param action what to write instead
 */
record Problem(String description, String action) {

    /** Refuses the configuration if anything is wrong. */
    static void refuse(Collection<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new RpcConfigurationException(
                    problems.stream().map(Problem::description).distinct().collect(Collectors.joining("\n")),
                    problems.stream().map(Problem::action).distinct().collect(Collectors.joining("\n")));
        }
    }

}
