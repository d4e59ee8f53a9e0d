package io.rpcspring.client;

import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.RpcConfigurationException;

/**
 * Tells what a channel cannot decide whose control plane chooses among the servers, and
 * what only such a channel can.
 */
final class ControlPlane {

    static final String SCHEME = "xds:";

    private static final Log logger = LogFactory.getLog(ControlPlane.class);

    private static final String POLICY = "load-balancing";

    private static final String RING_HASH = "ring_hash";

    private ControlPlane() {
    }

    /**
     * Finds out whether there is a control plane where one is needed: nobody else tells
     * what to hash.
     * @throws RpcConfigurationException if not
     */
    static void check(ChannelConfiguration channel, String property, String target) {
        if (!target.startsWith(SCHEME) && channel.settings().loadBalancing().equals(RING_HASH)) {
            String policy = channel.property(POLICY);
            throw new RpcConfigurationException(
                    policy + " is ring_hash, which works only with xds:///, but " + property + " is '" + target + "'.",
                    "Set " + policy + " to round_robin, or the target to xds:///places.");
        }
    }

    static void warn(ChannelConfiguration channel, String description, String target) {
        List<String> unused = target.startsWith(SCHEME) ? decided(channel.settings()) : List.of();
        if (!unused.isEmpty()) {
            logger.warn("The " + description + " leaves the choice among its servers to its control plane, and "
                    + String.join(", ", unused.stream().map(channel::property).toList()) + " to nobody: remove it");
        }
    }

    /** A ring is what the control plane has been told, too. */
    private static List<String> decided(ChannelSettings settings) {
        List<String> decided = new ArrayList<>();
        if (!List.of("round_robin", RING_HASH).contains(settings.loadBalancing())) {
            decided.add(POLICY);
        }
        if (settings.subsetSize() != null) {
            decided.add("subset-size");
        }
        if (settings.outlierDetection().enabled()) {
            decided.add("outlier-detection");
        }
        return decided;
    }

}
