package io.rpcspring.server;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.ClockFixture;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which beans the server serves, through the wire.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServedBeansTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @Test
    void annotatedClassesAndBeanMethodsShareOneServer() {
        this.runner.withUserConfiguration(AnnotatedPlaces.class, ClockConfiguration.class).run((context) -> {
            assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich");
            try (Connection connection = Connection.to(context)) {
                PlaceName rome = PlaceName.newBuilder().setName("Rome").build();
                assertThat(ClockGrpc.newBlockingStub(connection.channel()).timeAt(rome).getZone()).isEqualTo("Rome");
            }
        });
    }

    @Test
    void inheritedAndComposedAnnotationsCount() {
        this.runner.withUserConfiguration(InheritingPlaces.class)
            .run((context) -> assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich"));
        this.runner.withUserConfiguration(ComposedPlaces.class)
            .run((context) -> assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich"));
    }

    @Test
    void handMadeServicesAreServed() {
        this.runner.withUserConfiguration(HandMadePlaces.class)
            .run((context) -> assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich"));
    }

    @Test
    void adviceOfCglibProxyAppliesToCalls() {
        this.runner.withUserConfiguration(AnnotatedPlaces.class)
            .withBean("advice", CountingAdvice.class)
            .withBean(BeanNameAutoProxyCreator.class, () -> proxyPlaces(true))
            .run((context) -> {
                assertThat(AopUtils.isCglibProxy(context.getBean(BindableService.class))).isTrue();
                findIn(context, "Zurich");
                assertThat(context.getBean(CountingAdvice.class).finds).hasValue(1);
            });
    }

    @Test
    void adviceOfJdkProxyAppliesToCalls() {
        this.runner.withUserConfiguration(AnnotatedPlaces.class)
            .withBean("advice", CountingAdvice.class)
            .withBean(BeanNameAutoProxyCreator.class, () -> proxyPlaces(false))
            .run((context) -> {
                assertThat(Proxy.isProxyClass(context.getBean(BindableService.class).getClass())).isTrue();
                findIn(context, "Zurich");
                assertThat(context.getBean(CountingAdvice.class).finds).hasValue(1);
            });
    }

    @Test
    void jdkProxyOfBeanMethodIsServedThoughItHidesTheAnnotationOfItsClass() {
        this.runner.withUserConfiguration(AsyncPlacesConfiguration.class).run((context) -> {
            assertThat(Proxy.isProxyClass(context.getBean(BindableService.class).getClass())).isTrue();
            assertThat(findIn(context, "Zurich").getZone()).doesNotStartWith("rpc-");
        });
    }

    @Test
    void scopedProxyIsServedOnce(CapturedOutput output) {
        this.runner.withUserConfiguration(ScopedConfiguration.class)
            .run((context) -> assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich"));
        assertThat(output).doesNotContain("singleton");
    }

    @Test
    void lazyBeansAreServed() {
        this.runner.withUserConfiguration(LazyPlaces.class)
            .run((context) -> assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich"));
    }

    @Test
    void markedBeanThatIsNoServiceStopsTheStart() {
        this.runner.withBean("typo", NoService.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("The bean 'typo' (" + NoService.class.getName()
                        + ") is marked @RpcService but is not a gRPC service."
                        + " Name the generated class of its service to bind its methods, as in"
                        + " @RpcService(PlacesGrpc.class); or let its class extend the generated base class (such as"
                        + " PlacesGrpc.PlacesImplBase) or implement io.grpc.BindableService; or remove @RpcService."));
    }

    @Test
    void twoBeansOfOneServiceStopTheStartAndAreBothNamed() {
        this.runner.withBean("first", AnnotatedPlaces.class)
            .withBean("second", InheritingPlaces.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("The beans 'first' (" + AnnotatedPlaces.class.getName() + ") and 'second' ("
                        + InheritingPlaces.class.getName() + ") both serve the gRPC service 'places.v1.Places'."
                        + " Remove one of the beans, or its @RpcService: a server serves each service once."));
    }

    @Test
    void classFoundByScanningAndMadeByAMethodIsReportedAsOne() {
        this.runner.withBean("scanned", Clock.class)
            .withUserConfiguration(MarkedClockConfiguration.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("The beans 'clock' (" + Clock.class.getName() + ") and 'scanned' (" + Clock.class.getName()
                        + ") both serve the gRPC service 'clock.v1.Clock': both are of one class, which is a bean by"
                        + " itself, as component scanning finds it, and once more by the @Bean method 'clock' of "
                        + MarkedClockConfiguration.class.getName()
                        + ". Remove this method. Or, to make the bean there, mark it @RpcService and not the class: what"
                        + " is marked @RpcService is found as any @Component."));
    }

    @Test
    void twoMethodsThatMakeOneClassAreReported() {
        this.runner.withUserConfiguration(ClockConfiguration.class, OtherClockConfiguration.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("The beans 'clock' (" + ClockFixture.class.getName() + ") and 'otherClock' ("
                        + ClockFixture.class.getName() + ") both serve the gRPC service 'clock.v1.Clock': both are of"
                        + " one class, made by the @Bean method 'clock' of " + ClockConfiguration.class.getName()
                        + " and by the @Bean method 'otherClock' of " + OtherClockConfiguration.class.getName()
                        + ". Remove one of the two methods."));
    }

    @Test
    void beanThatIsNoSingletonIsServedByItsFirstInstanceAndSaysSo(CapturedOutput output) {
        this.runner.withUserConfiguration(PrototypeConfiguration.class)
            .run((context) -> assertThat(findIn(context, "Zurich").getName()).isEqualTo("Zurich"));
        assertThat(output).containsOnlyOnce("The bean 'places' (" + PlacesFixture.class.getName()
                + ") is marked @RpcService, but is no singleton: its first instance serves all calls. Remove its scope;"
                + " or, for an instance per use, let it have a proxy:"
                + " @Scope(proxyMode = ScopedProxyMode.TARGET_CLASS)");
    }

    private static Place findIn(AssertableApplicationContext context, String name) {
        assertThat(context).hasNotFailed();
        try (Connection connection = Connection.to(context)) {
            return connection.find(name);
        }
    }

    private static BeanNameAutoProxyCreator proxyPlaces(boolean targetClass) {
        BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
        creator.setBeanNames("*Places");
        creator.setInterceptorNames("advice");
        creator.setProxyTargetClass(targetClass);
        return creator;
    }

    /** A service as component scanning finds it. */
    @RpcService
    static class AnnotatedPlaces extends PlacesFixture {

    }

    /** Marked by its superclass. */
    static class InheritingPlaces extends AnnotatedPlaces {

    }

    /** An application's own name for a service. */
    @RpcService
    @Retention(RetentionPolicy.RUNTIME)
    @interface Served {

    }

    /** Marked by an annotation that is marked. */
    @Served
    static class ComposedPlaces extends PlacesFixture {

    }

    /** No generated base class. */
    @RpcService
    static class HandMadePlaces implements BindableService {

        @Override
        public ServerServiceDefinition bindService() {
            return new PlacesFixture().bindService();
        }

    }

    /** Marked at the bean method. */
    @Configuration(proxyBeanMethods = false)
    static class ClockConfiguration {

        @Bean
        @RpcService
        ClockFixture clock() {
            return new ClockFixture();
        }

    }

    /** Marked at the class. */
    @RpcService
    static class Clock extends ClockFixture {

    }

    /** Makes what is found already. */
    @Configuration(proxyBeanMethods = false)
    static class MarkedClockConfiguration {

        @Bean
        Clock clock() {
            return new Clock();
        }

    }

    /** Makes another of one kind. */
    @Configuration(proxyBeanMethods = false)
    static class OtherClockConfiguration {

        @Bean
        @RpcService
        ClockFixture otherClock() {
            return new ClockFixture();
        }

    }

    /** One for whoever asks. */
    @Configuration(proxyBeanMethods = false)
    static class PrototypeConfiguration {

        @Bean
        @RpcService
        @Scope("prototype")
        PlacesFixture places() {
            return new PlacesFixture();
        }

    }

    /** {@code @EnableAsync} makes JDK proxies unless it is told otherwise. */
    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class AsyncPlacesConfiguration {

        @Bean
        BindableService asyncPlaces() {
            return new AsyncPlaces();
        }

    }

    /** A service that Spring runs on a thread of its own. */
    @RpcService
    static class AsyncPlaces extends PlacesFixture {

        @Async
        @Override
        public void find(PlaceName request, StreamObserver<Place> response) {
            super.find(request, response);
        }

    }

    /** One target per thread behind one proxy. */
    @Configuration(proxyBeanMethods = false)
    static class ScopedConfiguration {

        @Bean
        static CustomScopeConfigurer threadScope() {
            CustomScopeConfigurer configurer = new CustomScopeConfigurer();
            configurer.addScope("thread", new SimpleThreadScope());
            return configurer;
        }

        @Bean
        @RpcService
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        PlacesFixture places() {
            return new PlacesFixture();
        }

    }

    /** Nobody asks for it but the server. */
    @RpcService
    @Lazy
    static class LazyPlaces extends PlacesFixture {

    }

    /** A mistake. */
    @RpcService
    static class NoService {

    }

    /** Counts the calls of one method. */
    static class CountingAdvice implements MethodInterceptor {

        private final AtomicInteger finds = new AtomicInteger();

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            if (invocation.getMethod().getName().equals("find")) {
                this.finds.incrementAndGet();
            }
            return invocation.proceed();
        }

    }

}
