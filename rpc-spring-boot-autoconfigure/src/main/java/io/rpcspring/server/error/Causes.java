package io.rpcspring.server.error;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Lists an exception with its causes, which may lead back to one that was seen.
 */
public final class Causes {

    private Causes() {
    }

    /**
     * Follows the causes.
     * @param thrown where to begin
     * @return the exception first, each once
     */
    public static List<Throwable> of(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

}
