package io.rpcspring.server.health;

import java.util.Map;
import java.util.function.BooleanSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Asks whether services are well: what cannot be found out counts as down.
 *
 * @param byService what to ask, by the name of a service
 */
record HealthIndicators(Map<String, BooleanSupplier> byService) {

    private static final Log logger = LogFactory.getLog(HealthPoll.class);

    boolean isEmpty() {
        return this.byService.isEmpty();
    }

    boolean isServerWell() {
        return isWell(HealthService.OVERALL, true);
    }

    /** Asks the service's own; if it has none, the other counts. */
    boolean isWell(String service, boolean otherwise) {
        BooleanSupplier own = this.byService.get(service);
        try {
            return (own != null) ? own.getAsBoolean() : otherwise;
        }
        catch (RuntimeException ex) {
            logger.error("The health of '" + service + "' cannot be found out: it counts as down", ex);
            return false;
        }
    }

}
