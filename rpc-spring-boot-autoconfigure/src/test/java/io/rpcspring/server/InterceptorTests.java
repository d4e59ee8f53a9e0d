package io.rpcspring.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.ClockFixture;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Which interceptors a service has, in which order, on which thread.
 */
class InterceptorTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(Trace.class);

    @Test
    void markedInterceptorsRunInOrderOnThePoolAndThenTheServicesOwn() {
        this.runner.withBean(GuardedPlaces.class)
            .withBean(Own.class)
            .withUserConfiguration(Marked.class)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                Trace trace = context.getBean(Trace.class);
                try (Connection connection = Connection.to(context)) {
                    connection.find("");
                }
                assertThat(trace.steps).containsExactly("outer on rpc-default-1", "inner on rpc-default-1",
                        "own on rpc-default-1");
            });
    }

    @Test
    void interceptorsOfADirectPoolRunOnTheTransportsThread() {
        this.runner.withBean(GuardedPlaces.class)
            .withBean(Own.class)
            .withPropertyValues("rpc.server.pools.quick.type=direct",
                    "rpc.server.services.[places.v1.Places].methods.Find.pool=quick")
            .run((context) -> {
                assertThat(context).hasNotFailed();
                try (Connection connection = Connection.to(context)) {
                    String thread = connection.find("").getZone();
                    assertThat(context.getBean(Trace.class).steps).containsExactly("own on " + thread);
                    assertThat(thread).doesNotStartWith("rpc-");
                }
            });
    }

    @Test
    void interceptorThatNamesServicesLeavesOthersAlone() {
        this.runner.withBean(BusyPlaces.class).withBean(Clock.class).withBean(ClockOnly.class).run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("").getZone()).startsWith("rpc-default");
            }
            assertThat(context.getBean(Trace.class).steps).isEmpty();
        });
    }

    @Test
    void interceptorThatIsNotMarkedDoesNotApplyToAll() {
        this.runner.withBean(BusyPlaces.class).withBean(Own.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                connection.find("");
            }
            assertThat(context.getBean(Trace.class).steps).isEmpty();
        });
    }

    @Test
    void whatAnInterceptorThrowsIsMappedForEveryKindOfService() {
        for (Class<?> service : List.of(BusyPlaces.class, MarkedPlaces.class)) {
            this.runner.withBean(service).withBean(Failing.class).run((context) -> {
                assertThat(context).hasNotFailed();
                try (Connection connection = Connection.to(context)) {
                    assertThatThrownBy(() -> connection.find("denied")).isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            (ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
                }
            });
        }
    }

    @Test
    void unknownServiceStopsTheStart() {
        this.runner.withBean(BusyPlaces.class)
            .withBean("clockOnly", ClockOnly.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("The interceptor bean 'clockOnly' names the service 'clock.v1.Clock', which no bean"
                        + " serves. Served: places.v1.Places."
                        + " Correct the name in @RpcInterceptor(services = ...), or leave it out to intercept all."));
    }

    @Test
    void interceptorClassWithoutABeanStopsTheStart() {
        this.runner.withBean("places", GuardedPlaces.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("The bean 'places' asks for the interceptor " + Own.class.getName()
                        + ", of which there is no bean."
                        + " Declare exactly one bean of this class, for example by @Component on it; or remove it"
                        + " from @RpcService(interceptors = ...)."));
        this.runner.withBean("places", GuardedPlaces.class)
            .withBean("one", Own.class)
            .withBean("two", Own.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessageStartingWith("The bean 'places' asks for the interceptor " + Own.class.getName()
                        + ", of which there is the beans 'one' and 'two'."));
    }

    @Test
    void markedBeanThatInterceptsNothingStopsTheStart() {
        this.runner.withBean(BusyPlaces.class)
            .withBean("typo", NoInterceptor.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("The bean 'typo' (" + NoInterceptor.class.getName()
                        + ") is marked @RpcInterceptor, but is no interceptor."
                        + " Let it implement io.grpc.ServerInterceptor or io.grpc.ClientInterceptor, or remove"
                        + " @RpcInterceptor."));
    }

    /** Notes which interceptor ran where. */
    static class Trace {

        final List<String> steps = new CopyOnWriteArrayList<>();

    }

    /** Notes that it ran. */
    private record Noting(String name, List<String> steps) implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            this.steps.add(this.name + " on " + Thread.currentThread().getName());
            return next.startCall(call, headers);
        }

    }

    /** Two interceptors of all services. */
    @Configuration(proxyBeanMethods = false)
    static class Marked {

        @Bean
        @Order(2)
        @RpcInterceptor
        ServerInterceptor inner(Trace trace) {
            return new Noting("inner", trace.steps);
        }

        @Bean
        @Order(1)
        @RpcInterceptor
        ServerInterceptor outer(Trace trace) {
            return new Noting("outer", trace.steps);
        }

    }

    /** An interceptor that only a service asks for. */
    static class Own implements ServerInterceptor {

        private final Trace trace;

        Own(Trace trace) {
            this.trace = trace;
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return new Noting("own", this.trace.steps).interceptCall(call, headers, next);
        }

    }

    /** An interceptor of one service. */
    @RpcInterceptor(services = "clock.v1.Clock")
    static class ClockOnly extends Own {

        ClockOnly(Trace trace) {
            super(trace);
        }

    }

    /** An interceptor that throws. */
    @RpcInterceptor
    static class Failing implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            throw Status.PERMISSION_DENIED.asRuntimeException();
        }

    }

    /** Marked by mistake. */
    @RpcInterceptor
    static class NoInterceptor {

    }

    /** Another service. */
    @RpcService
    static class Clock extends ClockFixture {

    }

    /** A service with an interceptor of its own. */
    @RpcService(value = PlacesGrpc.class, interceptors = Own.class)
    static class GuardedPlaces extends BusyPlaces {

    }

}
