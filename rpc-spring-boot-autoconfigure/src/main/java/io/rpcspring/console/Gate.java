package io.rpcspring.console;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may come to the console, before anything of it is served.
 *
 * @param address where the web server listens, if the configuration says so
 * @param allowedHosts further names of this host, in small letters
 */
public record Gate(@Nullable InetAddress address, Set<String> allowedHosts) {

    /** What a proxy adds: then whoever asks is not on this machine. */
    private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
            "X-Real-IP");

    private static final String ONLY_HERE = "The RPC console is served to this machine only";

    /** How much of a name that strangers make up is repeated. */
    private static final int LONGEST = 100;

    public Gate {
        allowedHosts = allowedHosts.stream()
            .map((host) -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    }

    /** Why a request may not come in, for people; null if it may. */
    @Nullable String refusal(HttpServletRequest request) {
        if (this.address == null && (!new Host(request.getRemoteAddr()).isLoopback() || isForwarded(request))) {
            return ONLY_HERE + ", because server.address is not set. Open it on the machine itself as localhost, or set"
                    + " server.address to the address that others may use, and have web security keep strangers out.";
        }
        if (isProxyUnknown() && isForwarded(request)) {
            return ONLY_HERE + ", and this came through a proxy. If it is to be so, add the proxy's name to"
                    + " rpc.console.allowed-hosts, and have web security keep strangers out.";
        }
        if (!isKnownHost(request)) {
            return "The RPC console is not known as '" + printable(request.getServerName())
                    + "'. If that is a name of this host, or of a proxy before it, add it to"
                    + " rpc.console.allowed-hosts.";
        }
        return null;
    }

    private boolean isProxyUnknown() {
        return this.address != null && this.address.isLoopbackAddress() && this.allowedHosts.isEmpty();
    }

    private static boolean isForwarded(HttpServletRequest request) {
        return FORWARDED.stream().anyMatch((header) -> request.getHeader(header) != null);
    }

    /** A stranger's page may give its own name this host's address (DNS rebinding). */
    private boolean isKnownHost(HttpServletRequest request) {
        Host host = new Host(request.getServerName().toLowerCase(Locale.ROOT));
        return host.name().equals("localhost") || this.allowedHosts.contains(host.name()) || host.isLoopback()
                || host.isSame(request.getLocalAddr()) || isOwn(host);
    }

    private boolean isOwn(Host host) {
        return this.address != null && host.isSame(this.address.getHostAddress());
    }

    /** Whether a page of this console opens the socket, and no stranger's. */
    boolean isSameOrigin(HttpServletRequest request) {
        String origin = request.getHeader("Origin");
        if (origin == null || !isOwnSite(request)) {
            return false;
        }
        try {
            URI from = URI.create(origin);
            String host = from.getHost();
            boolean web = "http".equals(from.getScheme()) || "https".equals(from.getScheme());
            return web && host != null && new Host(host).isNamed(request.getServerName())
                    && port(from.getPort()) == port(request.getServerPort());
        }
        catch (IllegalArgumentException ex) {
            return false;
        }
    }

    /** What browsers say by themselves, and scripts cannot change. */
    boolean isOwnSite(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site == null || site.equals("same-origin") || site.equals("none");
    }

    /** A proxy that ends TLS has another one towards the browser. */
    private static int port(int port) {
        return (port == 80 || port == 443) ? -1 : port;
    }

    private static String printable(String host) {
        return host.substring(0, Math.min(host.length(), LONGEST)).replaceAll("[^A-Za-z0-9.:_\\[\\]-]", "?");
    }

}
