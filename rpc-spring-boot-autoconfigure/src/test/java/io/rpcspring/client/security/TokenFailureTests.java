package io.rpcspring.client.security;

import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A call that gets no token says why, and nothing that the authorization server wrote.
 */
@ExtendWith({ SharedTokenServer.class, OutputCaptureExtension.class })
class TokenFailureTests {

    private static final String WHAT = "There is no token for the channel 'places' by the OAuth2 registration 'tours': ";

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start();

    private final TokenServer tokens;

    TokenFailureTests(TokenServer tokens) {
        this.tokens = tokens;
    }

    private ApplicationContextRunner runner(String... more) {
        return this.server.runner("places", "oauth2.registration=tours")
            .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class))
            .withPropertyValues(this.tokens.registration("tours"))
            .withPropertyValues(more);
    }

    private static Throwable failure(ApplicationContext context) {
        return catchThrowable(() -> PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .find(ZURICH));
    }

    private void assertFailed(ApplicationContext context, Status.Code code, String why) {
        Throwable failure = failure(context);
        assertThat(Details.reason(failure)).isEqualTo("NO_TOKEN");
        Status status = Status.fromThrowable(failure);
        assertThat(status.getCode()).isEqualTo(code);
        String where = (code == Status.Code.UNAVAILABLE) ? " [channel 'places' to localhost:" + this.server.port() + "]"
                : "";
        assertThat(status.getDescription()).isEqualTo(WHAT + why + where);
        assertThat(this.server.calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    400 | application/json | {"error":"invalid_scope","error_description":"s3cret"} | UNAUTHENTICATED | the authorization server refused it: invalid_scope
                    400 | application/json | {"error":"s3cret"}            | UNAVAILABLE     | the authorization server's answer has none
                    400 | application/json | {"error":"server_error"}      | UNAVAILABLE     | the authorization server's answer has none
                    401 | application/json | {"error":"s3cret"}            | UNAUTHENTICATED | the authorization server answered 401
                    403 | text/html        | <p>s3cret</p>                 | UNAUTHENTICATED | the authorization server answered 403
                    404 | text/html        | <p>s3cret</p>                 | UNAUTHENTICATED | the authorization server answered 404
                    408 | text/html        | <p>s3cret</p>                 | UNAVAILABLE     | the authorization server answered 408
                    429 | text/html        | <p>s3cret</p>                 | UNAVAILABLE     | the authorization server answered 429
                    500 | text/html        | <p>s3cret</p>                 | UNAVAILABLE     | the authorization server answered 500
                    503 | application/json | {"error":"s3cret"}            | UNAVAILABLE     | the authorization server answered 503
                    200 | application/json | s3cret                        | UNAVAILABLE     | the authorization server's answer cannot be read
                    200 | text/html        | <p>s3cret</p>                 | UNAVAILABLE     | the authorization server's answer has none
                    200 | application/json | {"access_token":"s3cret"}     | UNAVAILABLE     | the authorization server's answer cannot be read
                    """)
    void statusSaysWhyWithoutTheServersWords(int answer, String type, String body, Status.Code code, String why,
            CapturedOutput output) {
        // It may be asked again, if this test takes its time.
        this.tokens.answerNext(2, answer, type, body);
        runner().run((context) -> {
            Throwable failure = failure(context);
            assertThat(failure).hasStackTraceContaining(WHAT);
            assertThat(Throwables.getStackTrace(failure)).doesNotContain("s3cret");
            assertFailed(context, code, why);
        });
        assertThat(output).contains("There is no new token of the OAuth2 registration 'tours': " + why)
            .doesNotContain("s3cret");
    }

    @Test
    void tokenThatNoHeaderCanHaveIsNotSent() {
        this.tokens.answerNext(1, 200, "application/json",
                "{\"access_token\":\"a\\nb\",\"token_type\":\"Bearer\",\"expires_in\":60}");
        runner().run((context) -> assertFailed(context, Status.Code.UNAVAILABLE,
                "asking for it failed: java.lang.IllegalArgumentException"));
    }

    @Test
    void wrongSecretIsUnauthenticated() {
        runner("spring.security.oauth2.client.registration.tours.client-secret=wrong")
            .run((context) -> assertFailed(context, Status.Code.UNAUTHENTICATED,
                    "the authorization server answered 401"));
    }

    @Test
    void scopeThatTheClientMayNotHaveIsUnauthenticated() {
        runner("spring.security.oauth2.client.registration.tours.scope=write").run((context) -> assertFailed(context,
                Status.Code.UNAUTHENTICATED, "the authorization server refused it: invalid_scope"));
    }

    @Test
    void authorizationServerThatIsNotThereIsUnavailable() {
        runner(TokenServer.registration("tours", "http://127.0.0.1:1/token")).run((context) -> assertFailed(context,
                Status.Code.UNAVAILABLE, "the authorization server cannot be reached: ConnectException"));
    }

}
