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
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.Ordered;
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
@ExtendWith(OutputCaptureExtension.class)
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
    void interceptorThatIsNotMarkedDoesNotApplyToAllAndIsWarnedOf(CapturedOutput output) {
        this.runner.withBean(BusyPlaces.class).withBean("own", Own.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                connection.find("");
            }
            assertThat(context.getBean(Trace.class).steps).isEmpty();
        });
        assertThat(output).containsOnlyOnce("The ServerInterceptor bean 'own' (" + Own.class.getName()
                + ") intercepts no call: it is not marked @RpcInterceptor, and nothing asks for it. Mark its class or"
                + " its @Bean method, or name its class in @RpcService(interceptors = ...)");
    }

    @Test
    void interceptorThatAnybodyAsksForIsNotWarnedOf(CapturedOutput output) {
        this.runner.withBean(GuardedPlaces.class)
            .withBean(Own.class)
            .withUserConfiguration(Customizing.class, Marked.class)
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("intercepts no call");
    }

    @Test
    void orderOfTheBeanMethodWinsOverThatOfTheClass() {
        this.runner.withBean(BusyPlaces.class).withUserConfiguration(Ordering.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                connection.find("");
            }
            assertThat(context.getBean(Trace.class).steps).extracting((step) -> step.replaceFirst(" .*", ""))
                .containsExactly("method0", "class1", "method2", "ordered3");
        });
    }

    @Test
    void interceptorsBehindProxiesAreSeen(CapturedOutput output) {
        for (boolean targetClass : new boolean[] { true, false }) {
            BeanNameAutoProxyCreator proxies = new BeanNameAutoProxyCreator();
            proxies.setBeanNames("hidden");
            proxies.setProxyTargetClass(targetClass);
            this.runner.withBean(BusyPlaces.class)
                .withBean(BeanNameAutoProxyCreator.class, () -> proxies)
                .withUserConfiguration(Proxied.class)
                .run((context) -> {
                    assertThat(context).hasNotFailed();
                    try (Connection connection = Connection.to(context)) {
                        connection.find("");
                    }
                    assertThat(context.getBean(Trace.class).steps).hasSize(2);
                });
        }
        assertThat(output).doesNotContain("singleton").doesNotContain("intercepts no call");
    }

    @Test
    void prototypeIsWarnedOf(CapturedOutput output) {
        this.runner.withBean(BusyPlaces.class)
            .withUserConfiguration(Prototype.class)
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce("The ServerInterceptor bean 'prototype' (" + Noting.class.getName()
                + ") is marked @RpcInterceptor, but is no singleton: its first instance intercepts all calls of a server"
                + " or channel. Remove its scope; or, for an instance per use, let it have a proxy:"
                + " @Scope(proxyMode = ScopedProxyMode.TARGET_CLASS)");
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

    /** Adds an interceptor itself. */
    @Configuration(proxyBeanMethods = false)
    static class Customizing {

        @Bean
        Noting customized(Trace trace) {
            return new Noting("customized", trace.steps);
        }

        @Bean
        RpcServerCustomizer customizer(Noting customized) {
            return (builder) -> builder.intercept(customized);
        }

    }

    /** Orders in all ways. */
    @Configuration(proxyBeanMethods = false)
    static class Ordering {

        @Bean
        @RpcInterceptor
        ServerInterceptor ordered(Trace trace) {
            return new OrderedOwn(trace);
        }

        @Bean
        @Order(2)
        @RpcInterceptor
        ServerInterceptor second(Trace trace) {
            return new Noting("method2", trace.steps);
        }

        @Bean
        @Order(0)
        @RpcInterceptor
        Late late(Trace trace) {
            return new Late("method0", trace);
        }

        @Bean
        Early early(Trace trace) {
            return new Early(trace);
        }

    }

    /** Proxies that hide marks. */
    @Configuration(proxyBeanMethods = false)
    static class Proxied {

        @Bean
        ServerInterceptor hidden(Trace trace) {
            return new MarkedOwn(trace);
        }

        @Bean
        @RpcInterceptor
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Own scoped(Trace trace) {
            return new Own(trace);
        }

    }

    /** One for whoever asks. */
    @Configuration(proxyBeanMethods = false)
    static class Prototype {

        @Bean
        @RpcInterceptor
        @Scope("prototype")
        ServerInterceptor prototype(Trace trace) {
            return new Noting("prototype", trace.steps);
        }

    }

    /** Of a class that has an order. */
    @Order(100)
    static class Late extends Own {

        private final String name;

        private final Trace trace;

        Late(String name, Trace trace) {
            super(trace);
            this.name = name;
            this.trace = trace;
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return new Noting(this.name, this.trace.steps).interceptCall(call, headers, next);
        }

    }

    /** Marked and ordered at the class. */
    @RpcInterceptor
    @Order(1)
    static class Early extends Late {

        Early(Trace trace) {
            super("class1", trace);
        }

    }

    /** Says its order itself. */
    static class OrderedOwn extends Late implements Ordered {

        OrderedOwn(Trace trace) {
            super("ordered3", trace);
        }

        @Override
        public int getOrder() {
            return 3;
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

    /** Marked at the class. */
    @RpcInterceptor
    static class MarkedOwn extends Own {

        MarkedOwn(Trace trace) {
            super(trace);
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
