package io.rpcspring.client.security;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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

    private static final Log logger = LogFactory.getLog(SharedToken.class);

    private final String registration;

    private final Supplier<@Nullable OAuth2AccessToken> source;

    private final ExecutorService threads;

    private final InstantSource clock;

    private final Duration patience;

    /** Guarded by this for writing. */
    private volatile @Nullable HeldToken held;

    /** What is under way. Guarded by this for writing. */
    private volatile @Nullable CompletableFuture<TokenAnswer> request;

    /** Guarded by this for writing. */
    private volatile Backoff backoff = Backoff.NONE;

    /** The last one. Guarded by this. */
    private TokenFailure failure = TokenFailure.none();

    /** Whether a thread still waits, also for what was given up. Guarded by this. */
    private boolean asking;

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
        this.registration = registration;
        this.source = source;
        this.threads = threads;
        this.clock = clock;
        this.patience = patience;
    }

    /** The token, if there is one. Never waits. */
    @Nullable HeldToken usable() {
        HeldToken token = this.held;
        long now = this.clock.millis();
        if (token == null || !token.isUsable(now)) {
            return null;
        }
        if (token.isDue(now) && this.request == null && this.backoff.isOver(now)) {
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
        return mayAsk(now) ? ask() : CompletableFuture.completedFuture(this.failure);
    }

    private boolean mayAsk(long now) {
        return this.request == null && !this.asking && this.backoff.isOver(now);
    }

    private CompletionStage<TokenAnswer> ask() {
        CompletableFuture<TokenAnswer> started = new CompletableFuture<>();
        this.request = started;
        try {
            Future<?> task = this.threads.submit(() -> fetch(started));
            CompletableFuture.delayedExecutor(this.patience.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> giveUp(started, task));
        }
        catch (RuntimeException | Error ex) {
            // Without a thread, nobody would ever answer.
            answer(started, TokenFailure.of(ex));
        }
        return started;
    }

    private void giveUp(CompletableFuture<TokenAnswer> started, Future<?> task) {
        task.cancel(true);
        answer(started, TokenFailure
            .unavailable("the authorization server has not answered within " + this.patience.toMillis() + "ms"));
    }

    private void fetch(CompletableFuture<TokenAnswer> started) {
        asking(true);
        TokenAnswer answer = fetched();
        asking(false);
        answer(started, answer);
    }

    private TokenAnswer fetched() {
        try {
            OAuth2AccessToken token = this.source.get();
            return (token != null) ? HeldToken.of(token, this.held, this.clock.millis()) : TokenFailure.none();
        }
        catch (RuntimeException | Error ex) {
            return TokenFailure.of(ex);
        }
    }

    private synchronized void asking(boolean now) {
        this.asking = now;
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
            if (this.backoff.failures() > 0) {
                logger.info("There is a token of the OAuth2 registration '" + this.registration + "' again");
            }
            this.held = token;
            this.backoff = Backoff.NONE;
        }
        else if (answer instanceof TokenFailure why) {
            if (this.backoff.failures() == 0) {
                logger.warn("There is no new token of the OAuth2 registration '" + this.registration + "': "
                        + why.reason() + "; it is asked for again while calls come");
            }
            this.failure = why;
            this.backoff = this.backoff.afterFailure(this.clock.millis());
        }
        return true;
    }

}
