package io.rpcspring.server.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
 * It knows tokens by their hashes, never after their end, and not more than so many. One
 * whose end is not known is not remembered. Safe for use by many threads at once.
 */
public final class TokenCache {

    /** A full cache lets go of every so many-th. */
    private static final int FEW = 8;

    private final Map<Key, Known> known = new ConcurrentHashMap<>();

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

    @Nullable Authentication find(Key key) {
        Known found = this.known.get(key);
        if (found == null) {
            return null;
        }
        if (found.until <= this.clock.millis()) {
            this.known.remove(key, found);
            return null;
        }
        return found.authentication;
    }

    void add(Key key, Authentication verified) {
        Instant end = (verified.getCredentials() instanceof OAuth2Token token) ? token.getExpiresAt() : null;
        long now = this.clock.millis();
        if (end == null || end.toEpochMilli() <= now) {
            return;
        }
        if (this.known.size() >= this.size) {
            makeRoom(now);
        }
        this.known.put(key, new Known(verified, Math.min(end.toEpochMilli(), now + this.timeToLive.toMillis())));
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
     * @param authentication the caller
     * @param until milliseconds since the epoch
     */
    private record Known(Authentication authentication, long until) {
    }

    /**
     * The SHA-256 hash of a token.
     */
    record Key(long first, long second, long third, long fourth) {

        static Key of(AuthorizationHeader header) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                // What is before the token is the scheme: a byte a character.
                byte[] bytes = header.value().getBytes(StandardCharsets.UTF_8);
                digest.update(bytes, header.start(), bytes.length - header.start());
                ByteBuffer hash = ByteBuffer.wrap(digest.digest());
                return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
            }
            catch (NoSuchAlgorithmException ex) {
                throw new IllegalStateException("Every JVM has SHA-256", ex);
            }
        }

    }

}
