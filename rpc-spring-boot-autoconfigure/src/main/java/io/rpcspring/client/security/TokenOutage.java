package io.rpcspring.client.security;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Knows why a registration's last request gave no token, and until when none is made.
 */
final class TokenOutage {

    private static final Log logger = LogFactory.getLog(TokenOutage.class);

    private final String registration;

    /** Guarded by the token for writing. */
    private volatile Backoff backoff = Backoff.NONE;

    /** Guarded by the token. */
    private TokenFailure last = TokenFailure.none();

    TokenOutage(String registration) {
        this.registration = registration;
    }

    /** Whether a request may be made. */
    boolean isOver(long now) {
        return this.backoff.isOver(now);
    }

    TokenFailure last() {
        return this.last;
    }

    void failed(TokenFailure why, long now) {
        if (this.backoff.failures() == 0) {
            logger.warn("There is no new token of the OAuth2 registration '" + this.registration + "': " + why.reason()
                    + "; it is asked for again while calls come");
        }
        this.last = why;
        this.backoff = this.backoff.afterFailure(now);
    }

    /** There is a token. */
    void end() {
        if (this.backoff.failures() > 0) {
            logger.info("There is a token of the OAuth2 registration '" + this.registration + "' again");
        }
        this.backoff = Backoff.NONE;
    }

}
