package io.rpcspring.client;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user reads when a channel's settings cannot work.
 */
class ChannelFailureTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.channels.places.target=localhost:9090");

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true,
            textBlock = """
                    connections=0                     | is 0, which is not from 1 to 256.                         | a value in this range
                    connect-timeout=0s                | is 0s, which is shorter than 1ms.                         | 1ms or longer
                    resolve-interval=5ms              | is 5ms, which is shorter than 1s.                         | 1s or longer
                    keep-alive.time=9999ms            | is 9999ms, which is shorter than 10s.                     | 10s or longer
                    keep-alive.timeout=5ms            | is 5ms, which is shorter than 10ms.                       | 10ms or longer
                    idle-timeout=0s                   | is 0s, which is shorter than 1s.                          | 1s or longer
                    max-inbound-message-size=-1B      | is -1B, which is not from 0B to 2147483647B.              | a value in this range
                    max-inbound-message-size=2GB      | is 2147483648B, which is not from 0B to 2147483647B.      | a value in this range
                    max-inbound-metadata-size=0B      | is 0B, which is not from 1B to 2147483647B.               | a value in this range
                    max-outbound-metadata-size=1023B  | is 1023B, which is not from 1024B to 2147483647B.         | a value in this range
                    flow-control-window=0B            | is 0B, which is not from 1B to 2147483647B.               | a value in this range
                    retry-buffer.per-call=0B          | is 0B, which is not from 1B to 2147483647B.               | a value in this range
                    retry-buffer.total=0B             | is 0B, which is not from 1B to 2147483647B.               | a value in this range
                    load-balancing=random             | is random, which is no load-balancing policy that is known. | one of ring_hash, round_robin, pick_first, least_request, weighted_round_robin, or add the policy's library
                    retry-throttling.max-tokens=1001  | is 1001, which is not from 1 to 1000.                     | a value in this range
                    retry-throttling.token-ratio=0    | is 0.0, which is not above 0 and up to 1000.              | a value in this range
                    deadline=-5ms                     | is -5ms, which is shorter than 0s.                        | 0s or longer
                    deadline=300000d                  | is 300000d, which is longer than a century.               | 36500d or shorter
                    idle-timeout=365000000000d        | is 365000000000d, which is longer than a century.         | 36500d or shorter
                    stream-deadline=-1ns              | is -1ns, which is shorter than 0s.                        | 0s or longer
                    compression=brotli                | is brotli, which is no codec that is known.               | gzip or identity
                    retry.max-attempts=0              | is 0, which is not from 1 to 100.                         | a value in this range
                    retry.initial-backoff=0s          | is 0s, which is shorter than 1ns.                         | 1ns or longer
                    retry.max-backoff=0s              | is 0s, which is shorter than 1ns.                         | 1ns or longer
                    retry.multiplier=0                | is 0.0, which is not above 0 and up to 1000.              | a value in this range
                    retry.codes=OK                    | is [OK], which names no failure.                          | codes such as UNAVAILABLE
                    hedging.max-attempts=101          | is 101, which is not from 1 to 100.                       | a value in this range
                    hedging.delay=-1ms                | is -1ms, which is shorter than 0s.                        | 0s or longer
                    hedging.non-fatal-codes=OK        | is [OK], which names no failure.                          | codes such as UNAVAILABLE
                    """)
    void valuesThatCannotWorkAreReportedWhereTheyStand(String property, String problem, String cure) {
        String key = property.substring(0, property.indexOf('='));
        for (String place : new String[] { "rpc.client.channels.places.", "rpc.client.defaults." }) {
            assertFails(place + key + " " + problem + " Set " + place + key + " to " + cure + ".", place + property);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deadline=-5ms | is -5ms, which is shorter than 0s. | 0s or longer
            retry.max-attempts=0 | is 0, which is not from 1 to 100. | a value in this range
            """)
    void valuesOfAMethodAreReportedWithTheMethod(String property, String problem, String cure) {
        String place = "rpc.client.channels.places.methods[places.v1.Places/Find].";
        String key = property.substring(0, property.indexOf('='));
        assertFails(place + key + " " + problem + " Set " + place + key + " to " + cure + ".", place + property);
    }

    @WithLibrary("grpc-services")
    @Test
    void settingsThatExcludeEachOtherAreReported() {
        assertFails(
                "rpc.client.channels.places.retry and rpc.client.channels.places.hedging are both set,"
                        + " but a call is either tried again or hedged."
                        + " Remove one of them, or turn it off with max-attempts: 1.",
                "rpc.client.channels.places.retry.max-attempts=3", "rpc.client.channels.places.hedging.delay=5ms");
        assertFails("rpc.client.channels.places.target and rpc.client.channels.places.targets are both set."
                + " Remove one of them.", "rpc.client.channels.places.targets=localhost:1,localhost:2");
        assertFails(
                "rpc.client.defaults has a target, but no channel falls back to a default one."
                        + " Move it to the channel: rpc.client.channels.<name>.target.",
                "rpc.client.defaults.target=localhost:9090");
        assertFails(
                "rpc.client.channels.places.load-balancing is pick_first, which does not look at the servers' health."
                        + " Set rpc.client.channels.places.load-balancing to round_robin, or turn health-check off.",
                "rpc.client.channels.places.load-balancing=pick_first",
                "rpc.client.channels.places.health-check.enabled=true");
    }

    @Test
    void namesThatAreNoneAreReported() {
        assertFails(
                "rpc.client.channels.places.methods has 'places.v1.Places/', which is no method's name."
                        + " Write \"[package.Service/Method]\", or \"[package.Service]\" for all its methods.",
                "rpc.client.channels.places.methods[places.v1.Places/].deadline=1s");
        String cure = " Use lower-case letters, digits, '-', '_' and '.', without 'grpc-' before and '-bin' after;"
                + " the user agent has a property of its own.";
        for (String header : new String[] { "X-Team", "x-bin", "grpc-x", "user-agent", "te", "a b" }) {
            assertFails("rpc.client.channels.places.metadata[" + header + "] is no header that a call can have." + cure,
                    "rpc.client.channels.places.metadata[" + header + "]=s3cret");
        }
        assertFails(
                "rpc.client.channels.places.metadata[x-team] has a value with other than printable ASCII"
                        + " characters. Encode it, or add a binary header in a ClientInterceptor.",
                "rpc.client.channels.places.metadata[x-team]=Zürich");
    }

    private void assertFails(String message, String... properties) {
        this.runner.withPropertyValues(properties)
            .run((context) -> assertThat(context.getStartupFailure()).as(String.join(" ", properties))
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(message));
    }

}
