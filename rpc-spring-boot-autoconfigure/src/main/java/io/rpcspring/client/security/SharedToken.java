package io.rpcspring.client.security;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AccessToken;

/**
 * The one token of a registration, for the calls of all channels that name it.
 * <p>
 * At most one request for it is under way. A token is used until its end; the first call
 * late in its life has a newer one fetched, and goes on with the old one. Calls that find
 * none wait for the request, without a thread. After a failure the authorization server
 * is left alone for a while, in which such calls fail at once.
 */
final class SharedToken {

    private final Supplier<@Nullable OAuth2AccessToken> source;

    private final InstantSource clock;

    private final TokenRequests requests;

    private final TokenOutage outage;

    /** Guarded by this for writing. */
    private volatile @Nullable HeldToken held;

    /** What is under way. Guarded by this for writing. */
    private volatile @Nullable CompletableFuture<TokenAnswer> request;

    /**
     * Fetches nothing yet.
     * @param registration the name that logs have
     * @param source asks the authorization server, and blocks
     * @param threads run the requests
     * @param clock tells whether tokens have ended
     * @param patience how long a request may take
     */
    SharedToken(String registration, Supplier<@Nullable OAuth2AccessToken> source, ExecutorService threads,
            InstantSource clock, Duration patience) {
        this.source = source;
        this.clock = clock;
        this.requests = new TokenRequests(this::fetch, threads, patience);
        this.outage = new TokenOutage(registration);
    }

    /** The token, if there is one. Never waits. */
    @Nullable HeldToken usable() {
        HeldToken token = this.held;
        long now = this.clock.millis();
        if (token == null || !token.isUsable(now)) {
            return null;
        }
        if (token.isDue(now) && this.request == null && this.outage.isOver(now)) {
            renew(now);
        }
        return token;
    }

    /** Somebody else may have done so meanwhile. */
    private synchronized void renew(long now) {
        HeldToken token = this.held;
        if (token != null && token.isDue(now) && mayAsk(now)) {
            ask();
        }
    }

    /** For a call that has found none. Never waits. */
    synchronized CompletionStage<TokenAnswer> next() {
        long now = this.clock.millis();
        HeldToken token = this.held;
        if (token != null && token.isUsable(now)) {
            return CompletableFuture.completedFuture(token);
        }
        CompletableFuture<TokenAnswer> underWay = this.request;
        if (underWay != null) {
            return underWay;
        }
        return mayAsk(now) ? ask() : CompletableFuture.completedFuture(this.outage.last());
    }

    private boolean mayAsk(long now) {
        return this.request == null && !this.requests.isWaiting() && this.outage.isOver(now);
    }

    private CompletionStage<TokenAnswer> ask() {
        CompletableFuture<TokenAnswer> started = new CompletableFuture<>();
        this.request = started;
        this.requests.start((answer) -> answer(started, answer));
        return started;
    }

    private TokenAnswer fetch() {
        OAuth2AccessToken token = this.source.get();
        return (token != null) ? HeldToken.of(token, this.held, this.clock.millis()) : TokenFailure.none();
    }

    private void answer(CompletableFuture<TokenAnswer> started, TokenAnswer answer) {
        if (remember(started, answer)) {
            started.complete(answer);
        }
    }

    private synchronized boolean remember(CompletableFuture<TokenAnswer> started, TokenAnswer answer) {
        if (started != this.request) {
            return false;
        }
        this.request = null;
        if (answer instanceof HeldToken token) {
            this.held = token;
            this.outage.end();
        }
        else if (answer instanceof TokenFailure why) {
            this.outage.failed(why, this.clock.millis());
        }
        return true;
    }

}
