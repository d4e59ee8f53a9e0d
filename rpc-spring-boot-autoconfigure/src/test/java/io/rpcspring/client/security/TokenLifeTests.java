package io.rpcspring.client.security;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * A token is renewed ahead, used until its end, and not asked for too often, by a clock
 * that the test sets.
 */
@ExtendWith({ SharedTokenServer.class, OutputCaptureExtension.class })
class TokenLifeTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final Duration PATIENCE = Duration.ofMillis(300);

    /** What the clock of the client shows: it stands still, however long calls take. */
    private volatile Instant now = Instant.now();

    private final InstantSource clock = () -> this.now;

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start();

    private final TokenServer tokens;

    TokenLifeTests(TokenServer tokens) {
        this.tokens = tokens;
    }

    private ApplicationContextRunner runner() {
        return this.server.runner("places", "oauth2.registration=tours")
            .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class))
            .withPropertyValues(this.tokens.registration("tours"));
    }

    private ApplicationContextRunner timed() {
        return runner().withUserConfiguration(Timed.class).withBean("tests", TokenLifeTests.class, () -> this);
    }

    /** Sets the clock of the client so far ahead of that of tokens. */
    private void ahead(int seconds) {
        this.now = Instant.now().plusSeconds(seconds);
    }

    private static Status call(ApplicationContext context) {
        Throwable thrown = catchThrowable(
                () -> PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .find(ZURICH));
        return (thrown != null) ? Status.fromThrowable(thrown) : Status.OK;
    }

    private String token(ApplicationContext context) {
        assertThat(call(context)).isEqualTo(Status.OK);
        return String.valueOf(this.server.lastCall().header("authorization"));
    }

    @Test
    void lateInItsLifeATokenIsRenewedWhileCallsUseTheOldOne() {
        this.tokens.lifetime(Duration.ofSeconds(100));
        timed().run((context) -> {
            String first = token(context);
            ahead(75);
            assertThat(token(context)).isEqualTo(first);
            assertThat(this.tokens.requests()).isOne();
            this.tokens.hold();
            ahead(85);
            IntStream.range(0, 20).forEach((i) -> assertThat(token(context)).isEqualTo(first));
            this.tokens.release();
            await().until(() -> !token(context).equals(first));
            assertThat(this.tokens.requests()).isEqualTo(2);
        });
    }

    @Test
    void whereRenewalFailsATokenIsUsedUntilItsEnd(CapturedOutput output) {
        this.tokens.lifetime(Duration.ofSeconds(100));
        timed().run((context) -> {
            String first = token(context);
            this.tokens.answerNext(2, 503, "text/plain", "s3cret of the server");
            ahead(85);
            assertThat(token(context)).isEqualTo(first);
            await().untilAsserted(() -> assertThat(output).containsOnlyOnce(
                    "There is no new token of the OAuth2 registration 'tours': the authorization server answered 503;"
                            + " it is asked for again while calls come"));
            IntStream.range(0, 20).forEach((i) -> assertThat(token(context)).isEqualTo(first));
            assertThat(this.tokens.requests()).isEqualTo(2);
            ahead(101);
            assertThat(call(context).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(this.tokens.requests()).isEqualTo(3);
            ahead(104);
            assertThat(token(context)).isNotEqualTo(first);
            assertThat(output).containsOnlyOnce("There is a token of the OAuth2 registration 'tours' again")
                .containsOnlyOnce("There is no new token")
                .doesNotContain("s3cret of the server");
        });
    }

    @Test
    void afterAFailureTheAuthorizationServerIsLeftAloneForAWhile() {
        timed().run((context) -> {
            this.tokens.answerNext(3, 503, "text/plain", "down");
            List<Integer> requests = List.of(1, 2, 3);
            for (int failures : requests) {
                IntStream.range(0, 20)
                    .forEach((i) -> assertThat(call(context).getDescription())
                        .startsWith("There is no token for the channel 'places' by the OAuth2 registration 'tours':"
                                + " the authorization server answered 503"));
                assertThat(this.tokens.requests()).isEqualTo(failures);
                this.now = this.now.plusSeconds(1L << (failures - 1));
            }
            assertThat(call(context)).isEqualTo(Status.OK);
            assertThat(this.tokens.requests()).isEqualTo(4);
        });
    }

    @Test
    void waitsDoubleUpToHalfAMinuteAndAreHalfRandom() {
        Backoff backoff = Backoff.NONE;
        for (int seconds : new int[] { 1, 2, 4, 8, 16, 32, 32, 32 }) {
            backoff = backoff.afterFailure(0);
            assertThat(backoff.until()).isBetween(seconds * 500L, seconds * 1000L);
            assertThat(backoff.isOver(backoff.until() - 1)).isFalse();
            assertThat(backoff.isOver(backoff.until())).isTrue();
        }
    }

    @Test
    void sourceThatHangsFailsTheCallsThatWaitAndIsNotAskedTwice() {
        Stuck stuck = new Stuck();
        runner()
            .withBean(RegisteredTokens.class,
                    () -> new RegisteredTokens(() -> TokenSource.of(stuck.manager(), null), this.clock, PATIENCE))
            .run((context) -> {
                assertThat(call(context).getDescription())
                    .startsWith("There is no token for the channel 'places' by the OAuth2 registration 'tours':"
                            + " the authorization server has not answered within 300ms");
                ahead(60);
                assertThat(call(context).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(stuck.asked).hasValue(1);
                stuck.free.countDown();
                await().until(() -> stuck.left.get() == 1);
                await().until(() -> {
                    this.now = this.now.plusSeconds(60);
                    return call(context).getCode() == Status.Code.UNAUTHENTICATED;
                });
                assertThat(call(context).getDescription())
                    .isEqualTo("There is no token for the channel 'places' by the OAuth2 registration 'tours':"
                            + " nobody grants one");
            });
    }

    /** Gives tokens by the clock of the test. */
    static class Timed {

        @Bean
        RegisteredTokens registeredTokens(ClientRegistrationRepository registrations, TokenLifeTests tests) {
            return new RegisteredTokens(
                    () -> TokenSource.direct(TokenEndpoint.client(), Registrations.of(registrations)), tests.clock,
                    Duration.ofSeconds(30));
        }

    }

    /** Hears no interrupt. */
    private static final class Stuck {

        private final CountDownLatch free = new CountDownLatch(1);

        private final AtomicInteger asked = new AtomicInteger();

        private final AtomicInteger left = new AtomicInteger();

        OAuth2AuthorizedClientManager manager() {
            return (request) -> {
                this.asked.incrementAndGet();
                while (this.free.getCount() > 0) {
                    try {
                        this.free.await();
                    }
                    catch (InterruptedException ex) {
                        // Goes on.
                    }
                }
                this.left.incrementAndGet();
                return null;
            };
        }

    }

}
