package io.rpcspring.client;

import java.io.IOException;
import java.util.List;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interceptors of channels.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientInterceptorTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private RecordingServer server;

    @BeforeEach
    void start() throws IOException {
        this.server = RecordingServer.start();
    }

    @AfterEach
    void stop() {
        this.server.close();
    }

    @Test
    void markedInterceptorsApplyInTheirOrderToAllChannelsOrToThoseTheyName() {
        runner().withBean("last", Last.class)
            .withBean("first", First.class)
            .withBean("onlyClock", OnlyClock.class)
            .withBean("unmarked", Trace.class, () -> new Trace("unmarked") {

            })
            .run((context) -> {
                call(context.getBean(RpcChannels.class), "places");
                assertThat(this.server.lastCall().header("x-trace")).isEqualTo("first,last");
                call(context.getBean(RpcChannels.class), "clock");
                assertThat(this.server.lastCall().header("x-trace")).isEqualTo("first,onlyClock,last");
            });
    }

    @Test
    void interceptorsSeeTheSettingsOfTheChannelAndHaveTheLastWord() {
        runner().withPropertyValues("rpc.client.channels.places.metadata.x-trace=settings")
            .withBean(First.class)
            .run((context) -> {
                call(context.getBean(RpcChannels.class), "places");
                assertThat(this.server.lastCall().header("x-trace")).isEqualTo("settings,first");
            });
    }

    @Test
    void interceptorMayCallAnotherChannelItself() {
        runner().withBean(Asking.class).run((context) -> {
            call(context.getBean(RpcChannels.class), "places");
            assertThat(this.server.calls).hasSize(2);
            assertThat(this.server.lastCall().header("x-asked")).isEqualTo("Zurich");
        });
    }

    @Test
    void interceptorThatNeedsTheChannelThatItInterceptsIsToldToNameChannels() {
        for (Class<?> user : List.of(Endless.class, EndlessField.class)) {
            runner().withBean("endless", user)
                .run((context) -> assertThat(context.getStartupFailure())
                    .hasStackTraceContaining(RpcConfigurationException.class.getName()
                            + ": The interceptor 'endless' needs the channel 'clock', itself or through another bean,"
                            + " and intercepts it. Name the channels that it intercepts, without this one, in"
                            + " @RpcInterceptor(channels = ...)."));
        }
    }

    @Test
    void interceptorThatIsNotMarkedIsWarnedOf(CapturedOutput output) {
        runner().withBean("unmarked", Unmarked.class)
            .withBean("marked", First.class)
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce("The ClientInterceptor bean 'unmarked' (" + Unmarked.class.getName()
                + ") intercepts no call: it is not marked @RpcInterceptor, and nothing asks for it. Mark its class or its"
                + " @Bean method\n")
            .doesNotContain("'marked'");
    }

    @Test
    void serverInterceptorMayHaveAClient() {
        runner().withBean(Guard.class).withBean(MarkedPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                connection.find("Zurich");
                assertThat(this.server.calls).hasSize(1);
            }
        });
    }

    @Test
    void interceptorThatNamesNoChannelIsReported() {
        runner().withBean("nowhere", Nowhere.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("The interceptor 'nowhere' names the channel 'palces', which is not configured."
                        + " Configured channels: places, clock. Correct @RpcInterceptor(channels = ...),"
                        + " or add rpc.client.channels.palces."));
    }

    private ApplicationContextRunner runner() {
        return StarterRunner.withServerOnFreePort()
            .withPropertyValues(this.server.asTargetOf("places"), this.server.asTargetOf("clock"));
    }

    private static void call(RpcChannels channels, String name) {
        assertThat(PlacesGrpc.newBlockingStub(channels.get(name)).find(ZURICH).getName()).isEqualTo("Zurich");
    }

    /** Leaves its name in a header. */
    private abstract static class Trace implements ClientInterceptor {

        private static final Metadata.Key<String> TRACE = Metadata.Key.of("x-trace", Metadata.ASCII_STRING_MARSHALLER);

        private final String name;

        Trace(String name) {
            this.name = name;
        }

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    String before = headers.get(TRACE);
                    headers.removeAll(TRACE);
                    headers.put(TRACE, (before != null) ? before + "," + Trace.this.name : Trace.this.name);
                    super.start(listener, headers);
                }

            };
        }

    }

    /** Is called first. */
    @RpcInterceptor
    @Order(1)
    static class First extends Trace {

        First() {
            super("first");
        }

    }

    /** Is called for one channel. */
    @RpcInterceptor(channels = "clock")
    @Order(2)
    static class OnlyClock extends Trace {

        OnlyClock() {
            super("onlyClock");
        }

    }

    /** Is called last. */
    @RpcInterceptor
    @Order(3)
    static class Last extends Trace {

        Last() {
            super("last");
        }

    }

    /** Names a channel that is not there. */
    @RpcInterceptor(channels = "palces")
    static class Nowhere extends Trace {

        Nowhere() {
            super("nowhere");
        }

    }

    /** Asks on one channel before it lets a call of another go. */
    @RpcInterceptor(channels = "places")
    static class Asking implements ClientInterceptor {

        private final PlacesGrpc.PlacesBlockingStub clock;

        Asking(@RpcClient("clock") PlacesGrpc.PlacesBlockingStub clock) {
            this.clock = clock;
        }

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            String name = this.clock.find(ZURICH).getName();
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    headers.put(Metadata.Key.of("x-asked", Metadata.ASCII_STRING_MARSHALLER), name);
                    super.start(listener, headers);
                }

            };
        }

    }

    /** Asks on all channels, and for each. */
    @RpcInterceptor
    static class Endless extends Asking {

        Endless(@RpcClient("clock") PlacesGrpc.PlacesBlockingStub clock) {
            super(clock);
        }

    }

    /** Asks on all channels, and for each. */
    @RpcInterceptor
    static class EndlessField extends Trace {

        @RpcClient("clock")
        PlacesGrpc.@Nullable PlacesBlockingStub clock;

        EndlessField() {
            super("endless");
        }

    }

    /** Nobody has marked it. */
    static class Unmarked extends Trace {

        Unmarked() {
            super("unmarked");
        }

    }

    /** Asks on a channel before it lets a call in. */
    @RpcInterceptor
    static class Guard implements ServerInterceptor {

        private final PlacesGrpc.PlacesBlockingStub places;

        Guard(@RpcClient("places") PlacesGrpc.PlacesBlockingStub places) {
            this.places = places;
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            this.places.find(ZURICH);
            return next.startCall(call, headers);
        }

    }

}
