package io.rpcspring.autoconfigure.names;

import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;
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

    /**
     * Takes them out of what the application sees, and says so once for each Service.
     * @return those that were there
     */
    static List<ConfiguredName> hide(List<ConfiguredName> names, MutablePropertySources sources) {
        List<ConfiguredName> links = new ArrayList<>();
        Map<String, Collection<String>> services = new TreeMap<>();
        for (ConfiguredName name : names) {
            String service = name.isVariable() ? serviceOf(name) : null;
            if (service != null) {
                links.add(name);
                services.computeIfAbsent(service, (first) -> new TreeSet<>()).add(name.key());
                hide(name, sources);
            }
        }
        services.forEach(
                (service, keys) -> logger.warn("Kubernetes has set " + String.join(", ", keys) + " for its Service '"
                        + service + "'. They are ignored. Set enableServiceLinks: false in the pod's spec."));
        return links;
    }

    private static @Nullable String serviceOf(ConfiguredName name) {
        Matcher link = NAME.matcher(name.key());
        if (!link.matches() || (link.group(2) != null && !ADDRESS.matcher(String.valueOf(name.value())).matches())) {
            return null;
        }
        return link.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void hide(ConfiguredName link, MutablePropertySources sources) {
        PropertySource<?> source = sources.get(link.source().getName());
        if (source instanceof SystemEnvironmentPropertySource variables) {
            Map<String, Object> others = new HashMap<>(variables.getSource());
            others.remove(link.key());
            sources.replace(variables.getName(), new SystemEnvironmentPropertySource(variables.getName(), others));
        }
    }

}
