package io.rpcspring.client.security;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes requests for a token, each on a thread, and gives up those that take too long.
 */
final class TokenRequests {

    private final Supplier<TokenAnswer> source;

    private final ExecutorService threads;

    private final Duration patience;

    /** Whether a thread still waits, also for what was given up. */
    private volatile boolean waiting;

    /**
     * Asks for nothing yet.
     * @param source asks the authorization server, and blocks
     * @param threads run the requests
     * @param patience how long a request may take
     */
    TokenRequests(Supplier<TokenAnswer> source, ExecutorService threads, Duration patience) {
        this.source = source;
        this.threads = threads;
        this.patience = patience;
    }

    boolean isWaiting() {
        return this.waiting;
    }

    /**
     * Never waits.
     * @param answer is told what came of it, perhaps twice: the first time counts
     */
    void start(Consumer<TokenAnswer> answer) {
        try {
            Future<?> task = this.threads.submit(() -> fetch(answer));
            CompletableFuture.delayedExecutor(this.patience.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> giveUp(answer, task));
        }
        catch (RuntimeException | Error ex) {
            // Without a thread, nobody would ever answer.
            answer.accept(TokenFailure.of(ex));
        }
    }

    private void fetch(Consumer<TokenAnswer> answer) {
        this.waiting = true;
        TokenAnswer fetched = fetched();
        this.waiting = false;
        answer.accept(fetched);
    }

    private TokenAnswer fetched() {
        try {
            return this.source.get();
        }
        catch (RuntimeException | Error ex) {
            return TokenFailure.of(ex);
        }
    }

    private void giveUp(Consumer<TokenAnswer> answer, Future<?> task) {
        task.cancel(true);
        answer.accept(TokenFailure
            .unavailable("the authorization server has not answered within " + this.patience.toMillis() + "ms"));
    }

}
