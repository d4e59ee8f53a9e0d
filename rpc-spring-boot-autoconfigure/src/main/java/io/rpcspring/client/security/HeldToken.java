package io.rpcspring.client.security;

import java.time.Instant;

import io.grpc.CallCredentials.MetadataApplier;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AccessToken;

/**
 * A token, and how long it is used.
 * <p>
 * All times are milliseconds of the wall clock, by which tokens end.
 *
 * @param value the token itself
 * @param headers what calls send
 * @param renewal from when on a newer one is fetched, while this is used
 * @param end from when on it is not used
 */
record HeldToken(String value, Metadata headers, long renewal, long end) implements TokenAnswer {

    /** So that tokens which end as they come do not cost a request a call. */
    private static final long LEAST = 1_000;

    private static final long MOST_AHEAD = 300_000;

    /**
     * A token that has just been fetched.
     * @param before the one that was there, which may be the same: other holders of
     * tokens ask for a new one later than this does
     * @throws IllegalArgumentException if no header can have it
     */
    static HeldToken of(OAuth2AccessToken token, @Nullable HeldToken before, long now) {
        String value = token.getTokenValue();
        if (!value.chars().allMatch((c) -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException("The token has other than visible ASCII characters");
        }
        Instant expiry = token.getExpiresAt();
        if (expiry == null) {
            return new HeldToken(value, BearerHeader.headers(value), Long.MAX_VALUE, Long.MAX_VALUE);
        }
        long left = Math.max(expiry.toEpochMilli() - now, LEAST);
        boolean same = before != null && before.value().equals(value);
        long wait = same ? Math.max(left / 4, LEAST) : left - Math.min(left / 5, MOST_AHEAD);
        return new HeldToken(value, BearerHeader.headers(value), now + wait, now + left);
    }

    boolean isUsable(long now) {
        return now < this.end;
    }

    boolean isDue(long now) {
        return now >= this.renewal;
    }

    @Override
    public void tell(MetadataApplier call, String what) {
        call.apply(this.headers);
    }

    /** Does not show the token. */
    @Override
    public String toString() {
        return "token until " + Instant.ofEpochMilli(this.end);
    }

}
