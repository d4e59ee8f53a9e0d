package io.rpcspring.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.rpcspring.words.SettingsTree;

/**
 * How one channel finds its servers, connects to them and makes its calls.
 *
 * @param target Where the servers are: host:port, or any grpc-java target such as
 * dns:///places:9090. Not inherited.
 * @param targets Several targets, where one does not name all servers. Instead of target.
 * Not inherited.
 * @param loadBalancing Which server gets a call: round_robin, pick_first,
 * weighted_round_robin, least_request, ring_hash, or another policy that grpc-java knows.
 * @param loadBalancingSettings What the policy is told.
 * @param subsetSize How many of the servers, picked at random, this client connects to.
 * All if not set.
 * @param outlierDetection Servers whose calls fail much more often than others' get none
 * for a while.
 * @param discovery How instances of a service registry become addresses, for targets such
 * as discovery:///places.
 * @param resolveInterval How often names are resolved again while all connections live.
 * 0s: only when one is lost.
 * @param authority Name that the server is told and that its certificate must have, if
 * not the target's.
 * @param connect When to connect: lazy, with the first call; eager, at the start;
 * required, at the start, which fails without a connection.
 * @param connectTimeout How long the start waits for a connection that is eager or
 * required.
 * @param connections How many connections to each server share the calls.
 * @param reconnect How a lost server is found again.
 * @param ssl TLS. Plain text if nothing is set.
 * @param keepAlive Pings that show whether the server is still there.
 * @param idleTimeout After how long without a call the connections are closed.
 * @param maxInboundMessageSize Largest message to receive.
 * @param maxInboundMetadataSize Largest headers or trailers to receive.
 * @param maxOutboundMetadataSize Largest request headers to send, with what gRPC adds to
 * them. A call with larger ones fails unsent.
 * @param flowControlWindow How much a server may send ahead. Adapts by itself if not set.
 * @param userAgent What stands before grpc-java's own name in the user agent.
 * @param metadata Headers of every call that does not have them yet. Values are masked in
 * logs.
 * @param credentials Name of the CallCredentials bean that every call without its own
 * takes.
 * @param oauth2 Tokens of OAuth2 for every call that has no authorization yet.
 * @param basic Username and password of every call that has no authorization yet. For
 * tests.
 * @param bearer Token of every call that has no authorization yet, always the same. For
 * tests. Masked in reports.
 * @param insecureCredentials Whether credentials may be sent in plain text to other
 * machines, because the way is safe by itself.
 * @param healthCheck Servers that say that they do not serve are passed over.
 * @param retryThrottling Stops retries and hedging while too many calls fail.
 * @param retryBuffer How much of the requests is kept for another attempt.
 * @param deadline How long a unary call may take. 0s: as long as it likes.
 * @param streamDeadline How long a streaming call may take. 0s: as long as it likes.
 * @param waitForReady Whether calls wait for a connection instead of failing without one.
 * @param compression How requests are compressed: gzip, or another codec that grpc-java
 * knows.
 * @param validation Whether requests are checked before they are sent against the rules
 * in their protos. A call that breaks one fails unsent.
 * @param retry When a failed call is tried again.
 * @param hedging When a slow call is sent to a second server.
 * @param methods Other settings for single methods, by package.Service/Method, or for
 * whole services, by package.Service.
 */
public record ChannelSettings(@Nullable String target, @DefaultValue List<String> targets,
        @DefaultValue("round_robin") String loadBalancing,
        @NestedConfigurationProperty @DefaultValue LoadBalancingSettings loadBalancingSettings,
        @Nullable Integer subsetSize, @NestedConfigurationProperty @DefaultValue OutlierDetection outlierDetection,
        @DefaultValue Discovery discovery, @DefaultValue("0s") Duration resolveInterval, @Nullable String authority,
        @DefaultValue("lazy") Connect connect, @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("1") int connections, @DefaultValue Reconnect reconnect, @DefaultValue Ssl ssl,
        @DefaultValue KeepAlive keepAlive, @DefaultValue("30m") Duration idleTimeout,
        @DefaultValue("4MB") DataSize maxInboundMessageSize, @DefaultValue("8KB") DataSize maxInboundMetadataSize,
        @DefaultValue("8KB") DataSize maxOutboundMetadataSize, @Nullable DataSize flowControlWindow,
        @Nullable String userAgent, @DefaultValue Map<String, String> metadata, @Nullable String credentials,
        @DefaultValue OAuth2 oauth2, @DefaultValue Basic basic, @Nullable String bearer,
        @DefaultValue("false") boolean insecureCredentials, @DefaultValue HealthCheck healthCheck,
        @Nullable RetryThrottling retryThrottling, @DefaultValue RetryBuffer retryBuffer,
        @DefaultValue("0s") Duration deadline, @DefaultValue("0s") Duration streamDeadline,
        @DefaultValue("false") boolean waitForReady, @Nullable String compression,
        @DefaultValue("false") boolean validation, @NestedConfigurationProperty CallSettings.@Nullable Retry retry,
        @NestedConfigurationProperty CallSettings.@Nullable Hedging hedging,
        @DefaultValue Map<String, CallSettings> methods) {

    /**
     * What says who makes the calls. More than one cannot work.
     * @return the keys of what is set, as they stand below the channel
     */
    public List<String> authorizations() {
        Map<String, Boolean> known = new LinkedHashMap<>();
        known.put("oauth2.registration", !this.oauth2.registration().isEmpty());
        known.put("oauth2.relay", this.oauth2.relay());
        known.put("basic", this.basic.isOn());
        known.put("bearer", this.bearer != null);
        known.put("credentials", this.credentials != null);
        known.put("metadata.authorization", this.metadata.containsKey("authorization"));
        return known.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
    }

    /** Shows the settings by their property names, with secrets masked. */
    @Override
    public String toString() {
        return SettingsTree.of(this).toString();
    }

    /** When a channel connects. */
    public enum Connect {

        /** With the first call. */
        LAZY,

        /** When the application starts, with a warning if that fails. */
        EAGER,

        /** When the application starts, which fails if that fails. */
        REQUIRED

    }

    /**
     * How instances of a service registry become addresses.
     *
     * @param portKey The key in an instance's metadata that has its gRPC port.
     */
    public record Discovery(@DefaultValue("gRPC_port") String portKey) {

    }

    /**
     * How a lost server is found again.
     *
     * @param maxBackoff How long to wait at most before a lost server is tried again
     * while calls come. grpc-java's own wait grows to two minutes.
     */
    public record Reconnect(@DefaultValue("1500ms") Duration maxBackoff) {

    }

    /**
     * TLS.
     *
     * @param enabled Whether to use TLS. On by itself if there is a bundle.
     * @param bundle Name of the SSL bundle with what to trust, the client's certificate,
     * protocols and ciphers. Without one, the JVM's trust store is used.
     */
    public record Ssl(@Nullable Boolean enabled, @Nullable String bundle) {

        /**
         * Whether connections are encrypted.
         * @return true if there is a bundle, unless said otherwise
         */
        public boolean isOn() {
            return (this.enabled != null) ? this.enabled : this.bundle != null;
        }

    }

    /**
     * Tokens of OAuth2 for every call that has no authorization yet.
     *
     * @param registration Whose token calls have: an id below
     * spring.security.oauth2.client.registration, by client credentials. Empty: nobody's.
     * @param relay Whether calls have the token of whoever called the code that makes
     * them. Who has none makes them without.
     */
    public record OAuth2(@DefaultValue("") String registration, @DefaultValue("false") boolean relay) {
    }

    /**
     * Username and password of every call that has no authorization yet. For tests.
     *
     * @param username Username. Masked in reports.
     * @param password Password. Masked in reports.
     */
    public record Basic(@Nullable String username, @Nullable String password) {

        boolean isOn() {
            return this.username != null || this.password != null;
        }

        /** Shows neither. */
        @Override
        public String toString() {
            return SettingsTree.of(this).toString();
        }

    }

    /**
     * Pings that show whether the server is still there.
     *
     * @param time After how long without any data a ping is sent. No pings if not set.
     * @param timeout How long the answer may take before the connection is given up.
     * @param withoutCalls Whether to ping also while there is no call.
     */
    public record KeepAlive(@Nullable Duration time, @DefaultValue("20s") Duration timeout,
            @DefaultValue("false") boolean withoutCalls) {
    }

    /**
     * Servers that say that they do not serve are passed over.
     *
     * @param enabled Whether to watch the servers' health service.
     * @param service What its answer is about. Empty: the whole server.
     */
    public record HealthCheck(@DefaultValue("false") boolean enabled, @DefaultValue("") String service) {
    }

    /**
     * Stops retries and hedging while too many calls fail.
     *
     * @param maxTokens How many failures are forgiven twice over: at half of the tokens,
     * retries stop. Each failure takes one.
     * @param tokenRatio How much of a token each success gives back.
     */
    public record RetryThrottling(@DefaultValue("10") int maxTokens, @DefaultValue("0.1") double tokenRatio) {
    }

    /**
     * How much of the requests is kept for another attempt.
     *
     * @param perCall How much one call keeps. A call that sends more is not tried again.
     * @param total How much all calls of a connection keep together.
     */
    public record RetryBuffer(@DefaultValue("1MB") DataSize perCall, @DefaultValue("16MB") DataSize total) {
    }

}
