package io.rpcspring.server.transport;

import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Limits by property, and those that cannot work.
 */
class LimitTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(MarkedPlaces.class);

    @WithLibrary("grpc-services")
    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    keep-alive.time=9999ms | rpc.server.keep-alive.time is 9999ms, which is less than 10s. Set rpc.server.keep-alive.time to 10s or longer, or to 0s for none, such as 2m.
                    keep-alive.timeout=9ms | rpc.server.keep-alive.timeout is 9ms, which is less than 10ms. Set rpc.server.keep-alive.timeout to 10ms or longer, such as 20s.
                    keep-alive.permit-time=-1ms | rpc.server.keep-alive.permit-time is -1ms, which is negative. Set rpc.server.keep-alive.permit-time to 0s or longer, such as 10s.
                    connection.max-idle=5ms | rpc.server.connection.max-idle is 5ms, which is less than 1s. Set rpc.server.connection.max-idle to 1s or longer, or to 0s for none, such as 30m.
                    connection.max-age=5ms | rpc.server.connection.max-age is 5ms, which is less than 1s. Set rpc.server.connection.max-age to 1s or longer, or to 0s for none, such as 1h.
                    connection.max-age-grace=-5ms | rpc.server.connection.max-age-grace is -5ms, which is negative. Set rpc.server.connection.max-age-grace to 0s or longer, such as 5m.
                    limits.handshake-timeout=0s | rpc.server.limits.handshake-timeout is 0s, which is less than 1ms. Set rpc.server.limits.handshake-timeout to 1ms or longer, such as 10s.
                    limits.handshake-timeout=1ns | rpc.server.limits.handshake-timeout is 1ns, which is less than 1ms. Set rpc.server.limits.handshake-timeout to 1ms or longer, such as 10s.
                    limits.calls-per-connection=0 | rpc.server.limits.calls-per-connection is 0, which is less than 1. Set rpc.server.limits.calls-per-connection to 1 or more, such as 1000.
                    limits.message-size=0B | rpc.server.limits.message-size is 0B, which is not from 1B to 2147483647B. Set rpc.server.limits.message-size to a size from 1B to 2147483647B, such as 4MB.
                    limits.metadata-size=2GB | rpc.server.limits.metadata-size is 2147483648B, which is not from 1B to 2147483647B. Set rpc.server.limits.metadata-size to a size from 1B to 2147483647B, such as 8KB.
                    limits.response-metadata-size=1023B | rpc.server.limits.response-metadata-size is 1023B, which is not from 1024B to 2147483647B. Set rpc.server.limits.response-metadata-size to a size from 1024B to 2147483647B, such as 6KB.
                    limits.resets=0 | rpc.server.limits.resets is 0, which is less than 1. Set rpc.server.limits.resets to 1 or more, such as 20000.
                    limits.reset-window=1500ms | rpc.server.limits.reset-window is 1500ms, which is not a whole number of seconds from 1s. Set rpc.server.limits.reset-window to whole seconds, such as 8s.
                    limits.flow-control-window=0B | rpc.server.limits.flow-control-window is 0B, which is not from 1B to 2147483647B. Set rpc.server.limits.flow-control-window to a size from 1B to 2147483647B, such as 1MB.
                    event-loop-threads=-1 | rpc.server.event-loop-threads is -1, which is less than 0. Set rpc.server.event-loop-threads to 0 or more, such as 2.
                    shutdown.delay=-5ms | rpc.server.shutdown.delay is -5ms, which is negative. Set rpc.server.shutdown.delay to 0s or longer, such as 5s.
                    health.interval=0s | rpc.server.health.interval is 0s, which is less than 1ms. Set rpc.server.health.interval to 1ms or longer, such as 5s.
                    response-compression=br | rpc.server.response-compression is 'br', which no codec is called. Set rpc.server.response-compression to gzip, add an io.grpc.Compressor bean whose message encoding is 'br', or remove the property.
                    ssl.client-auth=need | rpc.server.ssl.client-auth is set, but rpc.server.ssl.bundle is not. Set rpc.server.ssl.bundle to the SSL bundle with the server's certificate, or remove rpc.server.ssl.client-auth.
                    """)
    void valueThatCannotWorkStopsTheStart(String property, String message) {
        this.runner.withPropertyValues("rpc.server." + property)
            .run((context) -> assertThat(context).getFailure().rootCause().hasMessage(message));
    }

    @WithLibrary("grpc-services")
    @ParameterizedTest
    @ValueSource(strings = { "pools.default.queue-timeout", "shutdown.delay", "shutdown.grace", "health.interval",
            "keep-alive.time", "keep-alive.timeout", "keep-alive.permit-time", "connection.max-idle",
            "connection.max-age", "connection.max-age-grace", "limits.handshake-timeout", "limits.reset-window" })
    void durationOfMoreThanACenturyStopsTheStart(String property) {
        for (String value : new String[] { "36501d", "365000000000d" }) {
            this.runner.withPropertyValues("rpc.server." + property + "=" + value)
                .run((context) -> assertThat(context).getFailure()
                    .rootCause()
                    .hasMessage("rpc.server." + property + " is " + value + ", which is longer than a century."
                            + " Set rpc.server." + property + " to 36500d or shorter."));
        }
    }

    @WithLibrary("grpc-services")
    @Test
    void serverThatWaitsACenturyServesAndStopsAtOnce() {
        this.runner
            .withPropertyValues("rpc.server.pools.default.queue-timeout=36500d", "rpc.server.shutdown.grace=36500d",
                    "rpc.server.health.interval=36500d", "rpc.server.keep-alive.time=36500d",
                    "rpc.server.keep-alive.timeout=36500d", "rpc.server.keep-alive.permit-time=36500d",
                    "rpc.server.connection.max-idle=36500d", "rpc.server.connection.max-age=36500d",
                    "rpc.server.connection.max-age-grace=36500d", "rpc.server.limits.handshake-timeout=36500d",
                    "rpc.server.limits.reset-window=36500d", "rpc.client.shutdown.grace=36500d")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                    assertThat(connection.find("Bern").getName()).isEqualTo("Bern");
                }
            });
    }

    @Test
    void messageAndMetadataSizesAreLimited() {
        this.runner.withPropertyValues("rpc.server.limits.message-size=7B", "rpc.server.limits.metadata-size=1KB")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    assertThat(connection.find("Place").getName()).isEqualTo("Place");
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("Places"))
                        .withMessage("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 7: 8");
                }
                try (RawConnection raw = RawConnection.to(context.getBean(RpcServer.class).port())) {
                    raw.write(RawConnection.call(1, RawConnection.FIND, "x", "y".repeat(900)));
                    assertThat(raw.await(RawConnection.HEADERS).payload()).contains("431");
                }
            });
    }

    @Test
    void clientThatAsksTooOftenWhetherTheServerIsThereIsToldToCalmDown() {
        this.runner.run((context) -> {
            try (RawConnection raw = RawConnection.to(context.getBean(RpcServer.class).port())) {
                for (int i = 0; i < 4; i++) {
                    raw.frame(RawConnection.PING, 0, 0, new byte[8]);
                }
                RawConnection.Frame goAway = raw.await(RawConnection.GOAWAY);
                assertThat(goAway.code()).isEqualTo(RawConnection.ENHANCE_YOUR_CALM);
                assertThat(goAway.debug()).isEqualTo("too_many_pings");
            }
        });
    }

    @Test
    void idleConnectionIsClosedInOrder() {
        this.runner.withPropertyValues("rpc.server.connection.max-idle=1s").run((context) -> {
            try (RawConnection raw = RawConnection.to(context.getBean(RpcServer.class).port())) {
                assertThat(raw.await(RawConnection.GOAWAY).debug()).isEqualTo("max_idle");
            }
        });
    }

    @Test
    void oldConnectionIsClosedInOrder() {
        this.runner
            .withPropertyValues("rpc.server.connection.max-age=1s", "rpc.server.connection.max-age-grace=0s",
                    "rpc.server.keep-alive.time=0s")
            .run((context) -> {
                try (RawConnection raw = RawConnection.to(context.getBean(RpcServer.class).port())) {
                    assertThat(raw.await(RawConnection.GOAWAY).debug()).isEqualTo("max_age");
                }
            });
    }

}
