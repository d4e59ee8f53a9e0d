package io.rpcspring.server.security;

import java.util.Iterator;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.BadCredentialsException;

import io.rpcspring.RpcContext;

/**
 * The {@code authorization} of a call. Tokens are long, and each call has one: they are
 * cut out of it only where they are verified.
 *
 * @param value the scheme and the credentials
 * @param start where the credentials begin
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2">RFC 9110</a>
 */
record AuthorizationHeader(String value, int start) {

    private static final Metadata.Key<String> KEY = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** As many characters of the end as no two tokens share by chance. */
    private static final int HASHED = 32;

    /** That of FNV-1a. */
    private static final long PRIME = 0x100000001b3L;

    static boolean isIn(RpcContext call) {
        return call.requestHeaders().containsKey(KEY);
    }

    /**
     * That of a call, if it is of some scheme.
     * @return null if there is none, or one of another scheme
     * @throws BadCredentialsException if there is more than one
     */
    static @Nullable AuthorizationHeader of(RpcContext call, String scheme) {
        Iterable<String> all = call.requestHeaders().getAll(KEY);
        if (all == null) {
            return null;
        }
        Iterator<String> values = all.iterator();
        String value = values.next().strip();
        if (values.hasNext()) {
            throw new BadCredentialsException("There is more than one authorization");
        }
        int start = scheme.length();
        if (!value.regionMatches(true, 0, scheme, 0, start) || (value.length() > start && value.charAt(start) != ' ')) {
            return null;
        }
        while (start < value.length() && Character.isWhitespace(value.charAt(start))) {
            start++;
        }
        return new AuthorizationHeader(value, start);
    }

    /** What follows the scheme; empty if nothing does. */
    String credentials() {
        return this.value.substring(this.start);
    }

    /**
     * A number that others hardly share who have other credentials: their ends differ
     * most.
     */
    long hash(long seed) {
        long hash = seed;
        for (int i = Math.max(this.start, this.value.length() - HASHED); i < this.value.length(); i++) {
            hash = (hash ^ this.value.charAt(i)) * PRIME;
        }
        return hash ^ (hash >>> Integer.SIZE);
    }

    /** Whether these are its credentials. */
    boolean has(String credentials) {
        return credentials.length() == this.value.length() - this.start
                && this.value.regionMatches(this.start, credentials, 0, credentials.length());
    }

    /** Not what it has: it would stand in a log. */
    @Override
    public String toString() {
        return "authorization";
    }

}
