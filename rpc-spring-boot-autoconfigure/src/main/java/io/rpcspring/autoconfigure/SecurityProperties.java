package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call what.
 *
 * @param enabled Whether calls are authenticated and authorized, if Spring Security is on
 * the class path.
 * @param defaultAccess Who may call what no rule is for: permit-all, deny-all,
 * authenticated, or an expression of Spring Security. As soon as anything authenticates
 * calls, it is authenticated if not set.
 * @param rules Who may call services and methods, by the services' full names.
 * @param basic Whether names and passwords are credentials.
 * @param certificate Whether clients' certificates are credentials.
 * @param tokenCache How long verified tokens are remembered.
 * @param dryRun Whether calls that would be refused are let on, with a line in the log.
 */
record SecurityProperties(@DefaultValue("true") boolean enabled, @Nullable String defaultAccess,
        @DefaultValue Map<String, Rule> rules, @DefaultValue Basic basic, @DefaultValue Certificate certificate,
        @DefaultValue TokenCacheProperties tokenCache, @DefaultValue("false") boolean dryRun) {

    SecurityProperties {
        rules = MapKeys.distinct(rules);
    }

    /** What is said about who may, if anything is. */
    Stream<String> accessProperties() {
        Stream<String> all = this.rules.isEmpty() ? Stream.empty() : Stream.of("rpc.server.security.rules");
        return (this.defaultAccess != null) ? Stream.concat(all, Stream.of("rpc.server.security.default-access")) : all;
    }

    /**
     * Who may call one service.
     *
     * @param access Who may call the service: permit-all, deny-all, authenticated, or an
     * expression of Spring Security.
     * @param methods Who may call single methods, by their names.
     */
    record Rule(@Nullable String access, @DefaultValue Map<String, String> methods) {

        Rule {
            methods = new TreeMap<>(MapKeys.distinct(methods));
        }

    }

    /**
     * Whether names and passwords are credentials.
     *
     * @param enabled Whether they are: those that an AuthenticationManager or
     * UserDetailsService bean knows.
     */
    record Basic(@DefaultValue("false") boolean enabled) {
    }

    /**
     * Whether clients' certificates are credentials.
     *
     * @param principal Which name of a client's certificate is the caller's: subject (its
     * CN), dns, spiffe or email. Certificates say nothing about the caller if not set.
     */
    record Certificate(@Nullable PrincipalName principal) {
    }

    /** Which name of a certificate is the caller's. */
    enum PrincipalName {

        /** The common name of the subject. */
        SUBJECT,

        /** The first DNS name. */
        DNS,

        /** The SPIFFE ID. */
        SPIFFE,

        /** The address for mail. */
        EMAIL

    }

    /**
     * How long verified tokens are remembered.
     *
     * @param enabled Whether they are. On by itself, unless an OAuth2TokenValidator bean
     * is to see the token of each call.
     * @param timeToLive For how long a token is remembered, unless it ends before. A
     * token that is revoked is good for as long.
     * @param size How many tokens are remembered. Each takes some 3 KB.
     * @param opaque Whether opaque tokens are, too, which mostly are opaque so that they
     * can be revoked.
     */
    record TokenCacheProperties(@Nullable Boolean enabled, @DefaultValue("60s") Duration timeToLive,
            @DefaultValue("10000") int size, @DefaultValue("false") boolean opaque) {

        TokenCacheProperties {
            Bounds.atLeast("rpc.server.security.token-cache.time-to-live", timeToLive, Duration.ofMillis(1), "60s");
            Bounds.atLeast("rpc.server.security.token-cache.size", size, 1, "10000");
        }

    }

}
