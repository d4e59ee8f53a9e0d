package io.rpcspring.server;

import java.util.List;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.SharedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interceptors that a customizer adds to the server's builder, outside of all others: the
 * calls that they refuse cost no place and no line of the log.
 */
@ParameterizedClass(name = "{0} on {1} threads")
@MethodSource("io.rpcspring.server.pool.Pools#everyStyleOnEveryType")
@ExtendWith(OutputCaptureExtension.class)
class OuterInterceptorTests {

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    @Parameter(0)
    Class<?> style = Object.class;

    @Parameter(1)
    String poolType = "";

    @BeforeParameterizedClassInvocation
    static void start(Class<?> style, String poolType) {
        SERVER.start(List.of(style, new Diary(), Authentication.class), "rpc.server.pools.small.type=" + poolType,
                "rpc.server.pools.small.size=2", "rpc.server.pools.small.queue-capacity=8",
                "rpc.server.services.[places.v1.Places].pool=small");
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void callsThatItRefusesLeaveThePoolAsItWas(MethodDescriptor<?, ?> kind, CapturedOutput output) {
        for (int i = 0; i < 100; i++) {
            assertThat(call(kind, new Metadata())).as("call %d", i)
                .hasToString("Status{code=UNAUTHENTICATED, description=no token, cause=null}");
        }
        SERVER.running().awaitIdle();
        Metadata headers = new Metadata();
        headers.put(TOKEN, "token");
        assertThat(call(kind, headers).isOk()).isTrue();
        SERVER.running().awaitIdle();
        assertThat(SERVER.running().statistics("small").refused()).isZero();
        assertThat(OwnLog.of(output).lines())
            .noneMatch((line) -> line.contains("WARN") || line.contains("ERROR") || line.startsWith("\tat "));
    }

    private static <Q> Status call(MethodDescriptor<Q, ?> kind, Metadata headers) {
        return Flood
            .ends(List.of(Flood.call(SERVER.running().channel(), kind, List.of(Flood.request(kind)),
                    CallOptions.DEFAULT, headers)))
            .get(0)
            .status();
    }

    /** Lets nobody in without a token. */
    static class Authentication implements RpcServerCustomizer, ServerInterceptor {

        @Override
        public void customize(ServerBuilder<?> builder) {
            builder.intercept(this);
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            if (!headers.containsKey(TOKEN)) {
                throw Status.UNAUTHENTICATED.withDescription("no token").asRuntimeException();
            }
            return next.startCall(call, headers);
        }

    }

}
