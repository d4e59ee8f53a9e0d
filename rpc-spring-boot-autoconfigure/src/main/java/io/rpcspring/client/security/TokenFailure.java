package io.rpcspring.client.security;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import io.grpc.CallCredentials.MetadataApplier;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.converter.HttpMessageConversionException;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.web.client.RestClientResponseException;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.client.OwnFailure;

/**
 * Why there is no token, without a word of what the authorization server wrote.
 * <p>
 * Spring reports an answer of 401 as a response that is invalid, with the answer's body
 * in the text and the status only in the cause.
 *
 * @param code {@code UNAUTHENTICATED} if the client is refused, {@code UNAVAILABLE} if
 * there is nobody to ask
 * @param reason what happened
 */
record TokenFailure(Status.Code code, String reason) implements TokenAnswer {

    /** What RFC 6749 has for those who ask wrongly. All other texts are the server's. */
    private static final Set<String> REFUSALS = Set.of(OAuth2ErrorCodes.INVALID_REQUEST,
            OAuth2ErrorCodes.INVALID_CLIENT, OAuth2ErrorCodes.INVALID_GRANT, OAuth2ErrorCodes.UNAUTHORIZED_CLIENT,
            OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE, OAuth2ErrorCodes.INVALID_SCOPE, OAuth2ErrorCodes.ACCESS_DENIED);

    private static final int DEEPEST = 20;

    static TokenFailure of(Throwable thrown) {
        TokenFailure found = first(thrown, TokenFailure::byAnswer);
        TokenFailure error = (found != null) ? found : first(thrown, TokenFailure::byError);
        return (error != null) ? error : unavailable("asking for it failed: " + thrown.getClass().getName());
    }

    static TokenFailure unavailable(String reason) {
        return new TokenFailure(Status.Code.UNAVAILABLE, reason);
    }

    private static TokenFailure unauthenticated(String reason) {
        return new TokenFailure(Status.Code.UNAUTHENTICATED, reason);
    }

    /** Nobody has failed, and nobody has given one. */
    static TokenFailure none() {
        return unauthenticated("nobody grants one");
    }

    @Override
    public void tell(MetadataApplier call, String what) {
        call.fail(OwnFailure.mark(this.code.toStatus().withDescription(what + ": " + this.reason),
                RpcErrorReason.NO_TOKEN));
    }

    private static @Nullable TokenFailure first(Throwable thrown, Function<Throwable, @Nullable TokenFailure> finder) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
            .limit(DEEPEST)
            .map(finder)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    }

    private static @Nullable TokenFailure byAnswer(Throwable thrown) {
        if (thrown instanceof RestClientResponseException answer) {
            HttpStatusCode status = answer.getStatusCode();
            boolean later = status.is5xxServerError() || status.value() == 429 || status.value() == 408;
            String reason = "the authorization server answered " + status.value();
            return later ? unavailable(reason) : unauthenticated(reason);
        }
        if (thrown instanceof HttpMessageConversionException) {
            return unavailable("the authorization server's answer cannot be read");
        }
        return (thrown instanceof IOException || thrown instanceof TimeoutException)
                ? unavailable("the authorization server cannot be reached: " + text(thrown)) : null;
    }

    private static @Nullable TokenFailure byError(Throwable thrown) {
        if (!(thrown instanceof OAuth2AuthorizationException failure)) {
            return null;
        }
        String error = failure.getError().getErrorCode();
        return REFUSALS.contains(error) ? unauthenticated("the authorization server refused it: " + error)
                : unavailable("the authorization server's answer has none");
    }

    /** Others may quote what the server sent. */
    private static String text(Throwable thrown) {
        boolean own = thrown instanceof ConnectException || thrown instanceof UnknownHostException
                || thrown instanceof HttpTimeoutException || thrown instanceof SSLException;
        String name = thrown.getClass().getSimpleName();
        return (own && thrown.getMessage() != null) ? name + ": " + thrown.getMessage() : name;
    }

}
