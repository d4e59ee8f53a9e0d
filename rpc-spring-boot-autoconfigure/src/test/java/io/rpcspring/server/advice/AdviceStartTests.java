package io.rpcspring.server.advice;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.clock.ClockGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An advice that would not do what it says stops the start.
 */
class AdviceStartTests {

    private static final String PREFIX = "io.rpcspring.server.advice.AdviceStartTests$";

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(Twice.class,
                        "The advice bean 'advice' (" + PREFIX
                                + "Twice) has two methods for java.lang.IllegalStateException: 'first' and 'second'."
                                + " Remove one of them, or name other types in its @RpcExceptionHandler."),
                Arguments.of(Texts.class,
                        method("on", Texts.class) + " returns java.lang.String, which is no status."
                                + " Return io.grpc.Status, io.grpc.StatusException, io.rpcspring.RpcError or"
                                + " com.google.rpc.Status."),
                Arguments.of(Silent.class,
                        method("on", Silent.class) + " returns void, which is no status."
                                + " Return io.grpc.Status, io.grpc.StatusException, io.rpcspring.RpcError or"
                                + " com.google.rpc.Status."),
                Arguments.of(Greedy.class,
                        method("on", Greedy.class) + " takes java.util.Locale, which nobody can give."
                                + " Take the exception and io.rpcspring.RpcContext, in any order, and each at most"
                                + " once."),
                Arguments.of(Pair.class, method("on", Pair.class) + " takes java.lang.Error, which nobody can give."
                        + " Take the exception and io.rpcspring.RpcContext, in any order, and each at most" + " once."),
                Arguments.of(Other.class,
                        method("on", Other.class) + " is for java.io.IOException, but takes"
                                + " java.lang.IllegalStateException. Let it take a type that all of its exceptions are,"
                                + " such as Exception."),
                Arguments.of(Nameless.class,
                        method("on", Nameless.class) + " names no exception. Let it take the exception, or name the"
                                + " types, as in @RpcExceptionHandler(IllegalArgumentException.class)."),
                Arguments.of(Empty.class,
                        "The advice bean 'advice' (" + PREFIX + "Empty) has no method marked @RpcExceptionHandler."
                                + " Mark the methods that map exceptions, or remove @RpcAdvice."),
                Arguments.of(Misspelt.class,
                        "The advice bean 'advice' names the service 'places.v1.Place', which no bean serves. Served:"
                                + " places.v1.Places. Correct the name in @RpcAdvice(services = ...), or leave it out to"
                                + " advise all."),
                Arguments.of(Lonely.class,
                        "The method 'on' of the service bean 'advice' (" + PREFIX
                                + "Lonely) is marked @RpcExceptionHandler, but only advices are asked."
                                + " Move it to a bean that is marked @RpcAdvice, which may name this service."));
    }

    private static String method(String name, Class<?> type) {
        return "The method '" + name + "' of the advice bean 'advice' (" + type.getName() + ")";
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeStopsTheStart(Class<?> advice, String message) {
        StarterRunner.withServerOnFreePort()
            .withBean(MarkedPlaces.class)
            .withBean("advice", advice)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(message));
    }

    @ParameterizedTest
    @ValueSource(classes = { Private.class, Final.class })
    void methodThatAProxyHidesStopsTheStart(Class<?> type) throws ReflectiveOperationException {
        ProxyFactory factory = new ProxyFactory(type.getDeclaredConstructor().newInstance());
        factory.setProxyTargetClass(true);
        assertThatExceptionOfType(RpcConfigurationException.class)
            .isThrownBy(() -> Advice.of("advice", factory.getProxy(), 0, Set.of()))
            .withMessage(method("on", type) + " cannot be called through the bean's proxy. Make it neither private nor"
                    + " final; behind a proxy of interfaces, declare it in one of them.");
    }

    @Test
    void methodThatNoInterfaceHasStopsTheStart() {
        ProxyFactory factory = new ProxyFactory(new Interfaced());
        assertThatExceptionOfType(RpcConfigurationException.class)
            .isThrownBy(() -> Advice.of("advice", factory.getProxy(), 0, Set.of()))
            .withMessageContaining("cannot be called through the bean's proxy");
    }

    /** Two for one type. */
    @RpcAdvice
    static class Twice {

        @RpcExceptionHandler
        Status first(IllegalStateException ex) {
            return Status.ABORTED;
        }

        @RpcExceptionHandler({ IOException.class, IllegalStateException.class })
        Status second(Exception ex) {
            return Status.ABORTED;
        }

    }

    /** Returns what is no status. */
    @RpcAdvice
    static class Texts {

        @RpcExceptionHandler
        String on(IllegalStateException ex) {
            return "sorry";
        }

    }

    /** Returns nothing. */
    @RpcAdvice
    static class Silent {

        @RpcExceptionHandler
        void on(IllegalStateException ex) {
        }

    }

    /** Takes what nobody has. */
    @RpcAdvice
    static class Greedy {

        @RpcExceptionHandler
        Status on(IllegalStateException ex, Locale locale) {
            return Status.ABORTED;
        }

    }

    /** Takes two exceptions. */
    @RpcAdvice
    static class Pair {

        @RpcExceptionHandler
        Status on(IllegalStateException ex, Error other) {
            return Status.ABORTED;
        }

    }

    /** Takes another exception than it is for. */
    @RpcAdvice
    static class Other {

        @RpcExceptionHandler(IOException.class)
        Status on(IllegalStateException ex) {
            return Status.ABORTED;
        }

    }

    /** Is for no exception. */
    @RpcAdvice
    static class Nameless {

        @RpcExceptionHandler
        Status on(RpcContext call) {
            return Status.ABORTED;
        }

    }

    /** Maps nothing. */
    @RpcAdvice
    static class Empty {

    }

    /** Is for a service that is not there. */
    @RpcAdvice(services = "places.v1.Place")
    static class Misspelt {

        @RpcExceptionHandler
        Status on(IllegalStateException ex) {
            return Status.ABORTED;
        }

    }

    /** Is no advice. */
    @RpcService
    static class Lonely extends ClockGrpc.ClockImplBase {

        @RpcExceptionHandler
        Status on(IllegalStateException ex) {
            return Status.ABORTED;
        }

    }

    /** Hides its method. */
    @RpcAdvice
    static class Private {

        @RpcExceptionHandler
        @SuppressWarnings("unused") // that is the test
        private Status on(IllegalStateException ex) {
            return Status.ABORTED;
        }

    }

    /** Lets nobody override its method. */
    @RpcAdvice
    static class Final {

        @RpcExceptionHandler
        final Status on(IllegalStateException ex) {
            return Status.ABORTED;
        }

    }

    /** Has an interface that does not have its method. */
    @RpcAdvice
    static class Interfaced implements Runnable {

        @RpcExceptionHandler
        Status on(IllegalStateException ex) {
            return Status.ABORTED;
        }

        @Override
        public void run() {
        }

    }

}
