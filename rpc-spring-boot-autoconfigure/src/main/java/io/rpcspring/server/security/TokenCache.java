package io.rpcspring.server.security;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Token;

/**
 * Remembers for a while whose tokens are that were verified.
 * <p>
 * It finds tokens by their hashes, never after their end, and not more than so many. One
 * whose end is not known is not remembered. Safe for use by many threads at once.
 * <p>
 * The hash is quick, and blind to who does not know its seed; a token that has it is then
 * compared as a whole with the one that was verified, which the caller's authentication
 * has anyway. SHA-256 alone would take longer than all else here.
 */
public final class TokenCache {

    /** A full cache lets go of every so many-th. */
    private static final int FEW = 8;

    private final long seed = new SecureRandom().nextLong();

    private final Map<Long, Known> known = new ConcurrentHashMap<>();

    private final Duration timeToLive;

    private final int size;

    private final Clock clock;

    /**
     * Remembers nothing yet.
     * @param timeToLive for how long a token is remembered that does not end before
     * @param size how many are
     */
    public TokenCache(Duration timeToLive, int size) {
        this(timeToLive, size, Clock.systemUTC());
    }

    TokenCache(Duration timeToLive, int size, Clock clock) {
        this.timeToLive = timeToLive;
        this.size = size;
        this.clock = clock;
    }

    @Nullable Authentication find(AuthorizationHeader header) {
        Long key = header.hash(this.seed);
        Known found = this.known.get(key);
        if (found == null || !header.has(found.token)) {
            return null;
        }
        if (found.until <= this.clock.millis()) {
            this.known.remove(key, found);
            return null;
        }
        return found.authentication;
    }

    void add(AuthorizationHeader header, Authentication verified) {
        if (!(verified.getCredentials() instanceof OAuth2Token token)) {
            return;
        }
        Instant end = token.getExpiresAt();
        long now = this.clock.millis();
        if (end == null || end.toEpochMilli() <= now) {
            return;
        }
        if (this.known.size() >= this.size) {
            makeRoom(now);
        }
        this.known.put(header.hash(this.seed), new Known(verified, token.getTokenValue(),
                Math.min(end.toEpochMilli(), now + this.timeToLive.toMillis())));
    }

    /** Lets go of what has ended, and if that is not enough, of a few more. */
    private synchronized void makeRoom(long now) {
        this.known.values().removeIf((each) -> each.until <= now);
        int excess = this.known.size() - this.size + 1;
        Iterator<Known> all = this.known.values().iterator();
        for (int i = (excess > 0) ? excess + this.size / FEW : 0; i > 0 && all.hasNext(); i--) {
            all.next();
            all.remove();
        }
    }

    int count() {
        return this.known.size();
    }

    /**
     * Whose a token is, and how long that is remembered.
     *
     * @param authentication the caller, who has the token
     * @param token what was verified
     * @param until milliseconds since the epoch
     */
    private record Known(Authentication authentication, String token, long until) {
    }

}
