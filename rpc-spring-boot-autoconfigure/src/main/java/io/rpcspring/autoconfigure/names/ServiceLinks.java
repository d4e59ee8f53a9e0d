package io.rpcspring.autoconfigure.names;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Keeps out the variables that Kubernetes sets for each Service, in each container.
 * <p>
 * They look like settings if a Service is called {@code rpc-server}, see <a href=
 * "https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables">its
 * documentation</a>.
 */
final class ServiceLinks {

    private static final Log logger = LogFactory.getLog(ServiceLinks.class);

    private static final Pattern NAME = Pattern
        .compile("(RPC(?:_[A-Z0-9]+)*?)_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|(PORT)|PORT_\\d+_[A-Z]+(?:_[A-Z]+)?)");

    private static final Pattern ADDRESS = Pattern.compile("[a-z]+://.*");

    private ServiceLinks() {
    }

    /** Finds them, and says so once for each Service. */
    static List<ConfiguredName> among(Collection<ConfiguredName> variables) {
        Map<String, Collection<String>> names = new TreeMap<>();
        List<ConfiguredName> links = variables.stream().filter((variable) -> {
            Matcher link = NAME.matcher(variable.key());
            boolean matches = link.matches()
                    && (link.group(2) == null || ADDRESS.matcher(String.valueOf(variable.value())).matches());
            if (matches) {
                String service = link.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
                names.computeIfAbsent(service, (name) -> new TreeSet<>()).add(variable.key());
            }
            return matches;
        }).toList();
        names
            .forEach((service, all) -> logger.warn("Kubernetes has set " + String.join(", ", all) + " for its Service '"
                    + service + "'. They are ignored. Set enableServiceLinks: false in the pod's spec."));
        return links;
    }

    /** Takes them out of what the application sees. */
    static void hide(Collection<ConfiguredName> links, MutablePropertySources sources) {
        for (ConfiguredName link : links) {
            PropertySource<?> source = sources.get(link.source().getName());
            if (source instanceof SystemEnvironmentPropertySource variables) {
                Map<String, Object> others = new HashMap<>(variables.getSource());
                others.remove(link.key());
                sources.replace(variables.getName(), new SystemEnvironmentPropertySource(variables.getName(), others));
            }
        }
    }

}
