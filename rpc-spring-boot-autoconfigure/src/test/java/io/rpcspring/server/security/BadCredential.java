package io.rpcspring.server.security;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.grpc.Metadata;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.fixture.RsaKeys;

/**
 * What somebody shows who is not to be let in, and how his call ends.
 */
public enum BadCredential {

    /** None at all. */
    NONE("no credentials", Answer.MISSING, Secured::nobody),

    /** A scheme that nothing knows. */
    OTHER_SCHEME("another scheme, such as `Digest`", Answer.MISSING, () -> Secured.authorization("Digest x")),

    /** No token. */
    NO_TOKEN("`Bearer` without a token", Answer.BAD, () -> Secured.authorization("Bearer ")),

    /** Two tokens, each of which would do. */
    TWO("two `authorization` headers", Answer.BAD,
            () -> Secured.authorization("Bearer " + Tokens.of("anna"), "Bearer " + Tokens.of("anna"))),

    /** What is no token. */
    MALFORMED("a token with other characters than tokens have", Answer.BAD, () -> Secured.bearer("a b")),

    /** What is no JWT. */
    BROKEN("a token whose Base64 is broken", Answer.BAD,
            () -> Secured.bearer(Tokens.of("anna").replaceFirst("\\.", ".~"))),

    /** Nobody has signed it. */
    UNSIGNED("a token with `alg: none`", Answer.BAD,
            () -> Secured.bearer("eyJhbGciOiJub25lIn0." + Tokens.of("anna").split("\\.", -1)[1] + ".")),

    /** Somebody else has signed it. */
    OTHER_SIGNATURE("a token with a wrong signature", Answer.BAD,
            () -> Secured.bearer(Tokens.signed(RsaKeys.SECOND, "anna", (claims) -> {
            }))),

    /** Changed after it was signed. */
    CHANGED("a token that was changed", Answer.BAD, () -> {
        String[] good = Tokens.of("anna").split("\\.", -1);
        return Secured.bearer(good[0] + "." + Tokens.of("olga").split("\\.", -1)[1] + "." + good[2]);
    }),

    /** Of another issuer. */
    OTHER_ISSUER("a token of another issuer", Answer.BAD,
            () -> Secured.bearer(Tokens.but((claims) -> claims.issuer("https://other.example.com")))),

    /** For somebody else. */
    OTHER_AUDIENCE("a token for another audience", Answer.BAD,
            () -> Secured.bearer(Tokens.but((claims) -> claims.audience(List.of("clock"))))),

    /** Its time is over. */
    EXPIRED("a token that has expired", Answer.BAD, () -> Secured.bearer(Tokens
        .but((claims) -> claims.issuedAt(Instant.now().minusSeconds(600)).expiresAt(Instant.now().minusSeconds(120))))),

    /** Its time has not come. */
    NOT_YET("a token that is not valid yet", Answer.BAD,
            () -> Secured.bearer(Tokens.but((claims) -> claims.notBefore(Instant.now().plusSeconds(120))))),

    /** Of a certificate that the caller does not show. */
    BOUND("a token that is bound to a certificate", Answer.BAD,
            () -> Secured
                .bearer(Tokens.but((claims) -> claims.claim("cnf", Map.of("x5t#S256", "bwcK0esc3ACC3DB2Y5"))))),

    /** The wrong password. */
    WRONG_PASSWORD("a wrong password", Answer.BAD, () -> Secured.basic("anna", "wrong")),

    /** Nobody has this name. */
    UNKNOWN_NAME("a name that nobody has", Answer.BAD, () -> Secured.basic("nobody", "secret")),

    /** No password. */
    NO_PASSWORD("`Basic` without a password", Answer.BAD, () -> Secured.authorization("Basic YW5uYQ==")),

    /** Not Base64. */
    BROKEN_BASIC("`Basic` whose Base64 is broken", Answer.BAD, () -> Secured.authorization("Basic a%b")),

    /** Known, but not allowed. */
    NOT_ALLOWED("good ones of somebody who may not", Answer.NOT_ALLOWED, () -> Secured.bearer(Tokens.of("anna")));

    private final String shown;

    private final Answer answer;

    @SuppressWarnings("ImmutableEnumChecker") // it makes new ones each time
    private final Supplier<Metadata> headers;

    BadCredential(String shown, Answer answer, Supplier<Metadata> headers) {
        this.shown = shown;
        this.answer = answer;
        this.headers = headers;
    }

    Metadata headers() {
        return this.headers.get();
    }

    /** Code, text and reason. */
    String line(String method) {
        return this.answer.code + ": " + this.answer.text.replace("METHOD", method) + " (" + this.answer.reason + ")";
    }

    /** Whether it is of no use also where everybody may call. */
    boolean isBad() {
        return this.answer == Answer.BAD;
    }

    /** What of it could be in a status by mistake. */
    Optional<String> secret() {
        return Optional.ofNullable(headers().get(Secured.AUTHORIZATION))
            .map((value) -> value.substring(value.indexOf(' ') + 1))
            .filter((value) -> value.length() > 3);
    }

    /** The row of the documentation. */
    public String row() {
        return "| " + this.shown + " | `" + this.answer.code + ": "
                + this.answer.text.replace("METHOD", "places.v1.Places/Find") + "` | `" + this.answer.reason + "` |";
    }

    /** How a call ends. */
    private enum Answer {

        MISSING("UNAUTHENTICATED", "METHOD needs credentials", RpcErrorReason.UNAUTHENTICATED),

        BAD("UNAUTHENTICATED", "The credentials are not valid", RpcErrorReason.UNAUTHENTICATED),

        NOT_ALLOWED("PERMISSION_DENIED", "The caller may not call METHOD", RpcErrorReason.NOT_ALLOWED);

        private final String code;

        private final String text;

        private final RpcErrorReason reason;

        Answer(String code, String text, RpcErrorReason reason) {
            this.code = code;
            this.text = text;
            this.reason = reason;
        }

    }

}
