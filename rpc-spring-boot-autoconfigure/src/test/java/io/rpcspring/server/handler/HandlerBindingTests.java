package io.rpcspring.server.handler;

import java.lang.reflect.Proxy;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.ExceptionMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which methods become handlers, and what a user reads when one does not fit.
 */
@ExtendWith(OutputCaptureExtension.class)
class HandlerBindingTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @Test
    void futuresAndStreamsAreAnswers() {
        this.runner.withBean(OtherShapes.class).run((context) -> {
            OtherShapes shapes = context.getBean(OtherShapes.class);
            try (Connection connection = Connection.to(context);
                    RpcStream<Point, Distance> trip = RpcStream.open(connection.channel(),
                            PlacesGrpc.getTravelMethod())) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("fail"))
                    .withMessageStartingWith("UNKNOWN: The server failed, id ");
                assertThat(connection.places().within(area(3))).toIterable().hasSize(3);
                assertThat(shapes.streamClosed.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(trip.finish().getKilometres()).isEqualTo(7);
            }
        });
    }

    @Test
    void cancelWakesAReceiverThatAFutureWaitsFor() {
        this.runner.withBean(OtherShapes.class).run((context) -> {
            OtherShapes shapes = context.getBean(OtherShapes.class);
            try (Connection connection = Connection.to(context)) {
                try (RpcStream<Point, Distance> trip = RpcStream.open(connection.channel(),
                        PlacesGrpc.getTravelMethod())) {
                    trip.send(Point.getDefaultInstance());
                    assertThat(shapes.receiving.await(10, TimeUnit.SECONDS)).isTrue();
                }
                assertThat(shapes.receiverWoken.await(10, TimeUnit.SECONDS)).isTrue();
            }
        });
    }

    @Test
    void infiniteStreamIsLazyAndClosedWhenTheClientLeaves() {
        this.runner.withBean(OtherShapes.class).run((context) -> {
            OtherShapes shapes = context.getBean(OtherShapes.class);
            try (Connection connection = Connection.to(context);
                    RpcStream<Area, Place> within = RpcStream.open(connection.channel(),
                            PlacesGrpc.getWithinMethod())) {
                within.send(area(Integer.MAX_VALUE));
                within.halfClose();
                assertThat(within.next().getName()).isEqualTo("Place 0");
            }
            assertThat(shapes.streamClosed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(shapes.made.get()).isLessThan(100_000);
        });
    }

    @Test
    void inheritedGenericMethodsAndIterablesFit() {
        this.runner.withBean(GenericPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                assertThat(connection.places().within(area(2))).toIterable().hasSize(2);
            }
        });
    }

    @Test
    void methodsThatOverrideGenericOnesOrAreDefaultFit() {
        this.runner.withBean(OverridingPlaces.class).run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                assertThat(connection.places().within(area(2))).toIterable().hasSize(1);
            }
        });
    }

    @Test
    void closeableIterablesAreClosedOnEveryPath() {
        for (int radius : new int[] { 3, -3, Integer.MAX_VALUE }) {
            CloseablePlaces places = new CloseablePlaces();
            this.runner.withBean(CloseablePlaces.class, () -> places).run((context) -> {
                try (Connection connection = Connection.to(context);
                        RpcStream<Area, Place> within = RpcStream.open(connection.channel(),
                                PlacesGrpc.getWithinMethod())) {
                    within.send(area(radius));
                    within.halfClose();
                    assertThat(within.next().getName()).isEqualTo("Place 0");
                    if (radius == 3) {
                        within.forEach((place) -> assertThat(place.getName()).startsWith("Place "));
                    }
                    else if (radius < 0) {
                        assertThatExceptionOfType(StatusRuntimeException.class)
                            .isThrownBy(() -> within.forEach((place) -> assertThat(place.getName()).isNotEmpty()))
                            .withMessageStartingWith("UNKNOWN: The server failed, id ");
                    }
                }
                assertThat(places.closed.await(10, TimeUnit.SECONDS)).isTrue();
            });
        }
    }

    @Test
    void streamThatFailsIsClosed() {
        this.runner.withBean(OtherShapes.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> connection.places().within(area(-1)).next())
                    .withMessageStartingWith("UNKNOWN: The server failed, id ");
            }
            assertThat(context.getBean(OtherShapes.class).streamClosed.await(10, TimeUnit.SECONDS)).isTrue();
        });
    }

    @Test
    void nullIsNoAnswer(CapturedOutput output) {
        this.runner.withBean(NullPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context);
                    RpcStream<Point, Distance> trip = RpcStream.open(connection.channel(),
                            PlacesGrpc.getTravelMethod())) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("Zurich"))
                    .withMessageStartingWith("UNKNOWN: The server failed, id ");
                assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> connection.places().within(area(1)).next())
                    .withMessageStartingWith("UNKNOWN: The server failed, id ");
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(trip::finish)
                    .withMessageStartingWith("UNKNOWN: The server failed, id ");
            }
        });
        assertThat(output).contains("NullPointerException: The handler of places.v1.Places/Find returned null")
            .contains("NullPointerException: The handler of places.v1.Places/Within returned null")
            .contains("NullPointerException: The handler of places.v1.Places/Travel returned null");
    }

    @Test
    void futureWhoseMessageAnInterceptorRefusesEndsItsCall() {
        this.runner.withBean(OtherShapes.class).withBean(RefuseMessages.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("Zurich"))
                    .withMessage("ABORTED: refused");
            }
        });
    }

    @Test
    void mapperThatFailsIsLoggedWithWhatItShouldHaveMapped(CapturedOutput output) {
        this.runner.withBean(NullPlaces.class).withBean(ExceptionMapper.class, () -> (thrown) -> {
            throw new UnsupportedOperationException("mapper");
        }).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("Zurich"))
                    .withMessageMatching("UNKNOWN: The server failed, id [0-9a-f]{8}");
            }
        });
        assertThat(output)
            .containsPattern("The ExceptionMapper io\\.rpcspring\\.server\\.handler\\.HandlerBindingTests\\S+ failed")
            .contains("Suppressed: java.lang.UnsupportedOperationException: mapper")
            .contains("Caused by: java.lang.NullPointerException: The handler of places.v1.Places/Find returned null");
    }

    @Test
    void adviceAppliesToPackagePrivateMethods() {
        AtomicInteger advised = new AtomicInteger();
        this.runner.withBean("places", GenericPlaces.class, () -> {
            ProxyFactory factory = new ProxyFactory(new GenericPlaces());
            factory.setProxyTargetClass(true);
            factory.addAdvice(new CountFinds(advised));
            return (GenericPlaces) factory.getProxy();
        }).run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
            assertThat(advised).hasValue(1);
        });
    }

    @Test
    void handlerThatAProxyHidesIsReported() {
        this.runner.withBean("places", Finding.class, () -> {
            ProxyFactory factory = new ProxyFactory(new HiddenPlaces());
            factory.setProxyTargetClass(false);
            return (Finding) factory.getProxy();
        })
            .withUserConfiguration(ProxyConfiguration.class)
            .run((context) -> assertThat(configurationFailure(context))
                .hasMessage("The handler 'List<Place> within(Area)' of the bean 'served' (" + name(HiddenPlaces.class)
                        + ") is hidden by its proxy, which has only the methods of its interfaces."
                        + " Add the method to an interface of the class, or let Spring proxy the class"
                        + " (spring.aop.proxy-target-class=true)."));
    }

    @Test
    void adviceAppliesThroughBothKindsOfProxies() {
        for (boolean targetClass : new boolean[] { true, false }) {
            AtomicInteger advised = new AtomicInteger();
            this.runner.withBean("places", Finding.class, () -> advise(advised, targetClass))
                .withUserConfiguration(ProxyConfiguration.class)
                .run((context) -> {
                    assertThat(context).hasNotFailed();
                    assertThat(Proxy.isProxyClass(context.getBean("places").getClass())).isNotEqualTo(targetClass);
                    try (Connection connection = Connection.to(context)) {
                        assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                    }
                    assertThat(advised).hasValue(1);
                });
        }
    }

    @Test
    void methodsWithoutHandlerAreUnimplementedAndNamedOnce(CapturedOutput output) {
        this.runner.withBean("places", GenericPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context);
                    RpcStream<Note, Note> notes = RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod())) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::hasNext)
                    .withMessage("UNIMPLEMENTED: Method places.v1.Places/Notes is unimplemented");
            }
        });
        assertThat(output).containsOnlyOnce("The bean 'places' has no handler for Travel, Notes of places.v1.Places:"
                + " calls of it are answered with UNIMPLEMENTED");
    }

    @Test
    void wrongTypesAreReportedWithTheSignatureToWrite() {
        assertFailure(WrongRequest.class,
                "The method 'Place find(Area)' of the bean 'bad' (" + name(WrongRequest.class)
                        + ") does not fit places.v1.Places/Find, which is unary from PlaceName to Place."
                        + " Write: Place find(PlaceName request) (a trailing RpcContext is allowed).");
        assertFailure(WrongKind.class, "The method 'Place within(Area)' of the bean 'bad' (" + name(WrongKind.class)
                + ") does not fit places.v1.Places/Within, which is server streaming from Area to Place."
                + " Write: void within(Area request, MessageSender<Place> out) (a trailing RpcContext is allowed).");
        assertFailure(WrongReceiver.class,
                "The method 'Distance travel(MessageReceiver<Note>)' of the bean 'bad' (" + name(WrongReceiver.class)
                        + ") does not fit places.v1.Places/Travel, which is client streaming from Point to Distance."
                        + " Write: Distance travel(MessageReceiver<Point> in) (a trailing RpcContext is allowed).");
        assertFailure(WrongSender.class,
                "The method 'void notes(MessageReceiver<Note>)' of the bean 'bad' (" + name(WrongSender.class)
                        + ") does not fit places.v1.Places/Notes, which is bidirectional streaming from Note to Note."
                        + " Write: void notes(MessageReceiver<Note> in, MessageSender<Note> out)"
                        + " (a trailing RpcContext is allowed).");
    }

    @Test
    void misspeltAndOverloadedHandlersAreReported() {
        assertFailure(Misspelt.class,
                "The method 'Place fnd(PlaceName)' of the bean 'bad' (" + name(Misspelt.class)
                        + ") looks like a handler, but places.v1.Places has no such method."
                        + " Its methods: find, notes, travel, within."
                        + " Name the handler after its gRPC method, or make it private if it is none.");
        assertFailure(Overloaded.class, "The bean 'bad' (" + name(Overloaded.class)
                + ") has more than one method 'find', so it is not clear which one handles places.v1.Places/Find."
                + " Rename the others, or make them private.");
    }

    @Test
    void valueThatIsNotGeneratedIsReported() {
        assertFailure(NotGenerated.class,
                "The bean 'bad' is marked @RpcService(String.class), but java.lang.String is"
                        + " not a class that the gRPC generator makes of a service."
                        + " Name the generated class, such as @RpcService(PlacesGrpc.class).");
    }

    private void assertFailure(Class<?> bean, String message) {
        this.runner.withBean("bad", bean)
            .run((context) -> assertThat(configurationFailure(context)).hasMessage(message));
    }

    private static @Nullable Throwable configurationFailure(AssertableApplicationContext context) {
        Throwable failure = context.getStartupFailure();
        while (failure != null && !(failure instanceof RpcConfigurationException)) {
            failure = failure.getCause();
        }
        return failure;
    }

    private static Finding advise(AtomicInteger advised, boolean targetClass) {
        ProxyFactory factory = new ProxyFactory(new FindingPlaces());
        factory.setProxyTargetClass(targetClass);
        factory.addAdvice(new CountFinds(advised));
        return (Finding) factory.getProxy();
    }

    private static String name(Class<?> type) {
        return type.getName();
    }

    private static Area area(double radius) {
        return Area.newBuilder().setRadiusKm(radius).build();
    }

    private static Place place(String name) {
        return Place.newBuilder().setName(name).build();
    }

    /** Answers that are not there yet. */
    @RpcService(PlacesGrpc.class)
    static class OtherShapes {

        final CountDownLatch streamClosed = new CountDownLatch(1);

        final CountDownLatch receiving = new CountDownLatch(1);

        final CountDownLatch receiverWoken = new CountDownLatch(1);

        final AtomicInteger made = new AtomicInteger();

        CompletionStage<Place> find(PlaceName name) {
            return name.getName().equals("fail")
                    ? CompletableFuture.supplyAsync(() -> place("x")).thenApply((place) -> {
                        throw new IllegalStateException("later");
                    }) : CompletableFuture.supplyAsync(() -> place(name.getName()));
        }

        Stream<Place> within(Area area) {
            boolean fails = area.getRadiusKm() < 0;
            return IntStream.range(0, fails ? 1 : (int) area.getRadiusKm()).mapToObj((i) -> {
                this.made.incrementAndGet();
                if (fails) {
                    throw new IllegalStateException("stream");
                }
                return place("Place " + i);
            }).onClose(this.streamClosed::countDown);
        }

        CompletableFuture<Distance> travel(MessageReceiver<Point> in) {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    while (in.hasNext()) {
                        in.next();
                        this.receiving.countDown();
                    }
                    return Distance.newBuilder().setKilometres(7).build();
                }
                finally {
                    this.receiverWoken.countDown();
                }
            });
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

    }

    /** Some service. */
    static class Searching<Q, R> {

        private final Function<Q, R> answer;

        Searching(Function<Q, R> answer) {
            this.answer = answer;
        }

        R find(Q query) {
            return this.answer.apply(query);
        }

    }

    /** Only what it inherits, and a list. */
    @RpcService(PlacesGrpc.class)
    static class GenericPlaces extends Searching<PlaceName, Place> {

        GenericPlaces() {
            super((query) -> place(query.getName()));
        }

        List<Place> within(Area area) {
            return List.of(place("one"), place("two"));
        }

    }

    /** A generic service whose methods are to be written. */
    abstract static class Finder<Q, R> {

        abstract R find(Q query);

    }

    /** Looks around. */
    interface Looking<Q, R> {

        default Iterable<R> within(Q query) {
            throw new UnsupportedOperationException(query.toString());
        }

    }

    /** Overrides what is generic. */
    @RpcService(PlacesGrpc.class)
    static class OverridingPlaces extends Finder<PlaceName, Place> implements Looking<Area, Place> {

        @Override
        Place find(PlaceName name) {
            return place(name.getName());
        }

        @Override
        public List<Place> within(Area area) {
            return List.of(place("one"));
        }

    }

    /** Has places until it is closed. */
    @RpcService(PlacesGrpc.class)
    static class CloseablePlaces {

        private final CountDownLatch closed = new CountDownLatch(1);

        OpenPlaces within(Area area) {
            return new OpenPlaces((int) area.getRadiusKm(), this.closed);
        }

    }

    /**
     * Places to be closed.
     *
     * @param count how many; fails after as many if negative
     * @param closed tells when
     */
    record OpenPlaces(int count, CountDownLatch closed) implements Iterable<Place>, AutoCloseable {

        @Override
        public Iterator<Place> iterator() {
            return IntStream.iterate(0, (i) -> this.count < 0 || i < this.count, (i) -> i + 1).mapToObj((i) -> {
                if (i == -this.count) {
                    throw new IllegalStateException("iterator");
                }
                return place("Place " + i);
            }).iterator();
        }

        @Override
        public void close() {
            this.closed.countDown();
        }

    }

    /** Answers nothing. */
    @RpcService(PlacesGrpc.class)
    @NullUnmarked
    static class NullPlaces {

        Place find(PlaceName name) {
            return null;
        }

        List<Place> within(Area area) {
            return null;
        }

        CompletionStage<Distance> travel(MessageReceiver<Point> in) {
            return CompletableFuture.completedFuture(null);
        }

    }

    /** Lets no response pass. */
    @RpcInterceptor
    static class RefuseMessages implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return next.startCall(new SimpleForwardingServerCall<>(call) {

                @Override
                public void sendMessage(R message) {
                    throw Status.ABORTED.withDescription("refused").asRuntimeException();
                }

            }, headers);
        }

    }

    /** Has more than its interface. */
    static class HiddenPlaces extends FindingPlaces {

        List<Place> within(Area area) {
            return List.of();
        }

    }

    /** What a JDK proxy can have. */
    interface Finding {

        Place find(PlaceName name);

    }

    /** Behind proxies. */
    static class FindingPlaces implements Finding {

        @Override
        public Place find(PlaceName name) {
            return place(name.getName());
        }

    }

    /** Nothing more. */
    @Configuration(proxyBeanMethods = false)
    static class ProxyConfiguration {

        @Bean
        @RpcService(PlacesGrpc.class)
        Object served(Finding places) {
            return places;
        }

    }

    /** Counts. */
    private static final class CountFinds implements MethodInterceptor {

        private final AtomicInteger finds;

        private CountFinds(AtomicInteger finds) {
            this.finds = finds;
        }

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            if (invocation.getMethod().getName().equals("find")) {
                this.finds.incrementAndGet();
            }
            return invocation.proceed();
        }

    }

    /** A mistake. */
    @RpcService(PlacesGrpc.class)
    static class WrongRequest {

        Place find(Area area) {
            return place(area.toString());
        }

    }

    /** A mistake. */
    @RpcService(PlacesGrpc.class)
    static class WrongKind {

        Place within(Area area) {
            return place(area.toString());
        }

    }

    /** A mistake. */
    @RpcService(PlacesGrpc.class)
    static class WrongReceiver {

        Distance travel(MessageReceiver<Note> in) {
            return Distance.newBuilder().setKilometres(in.hashCode()).build();
        }

    }

    /** A mistake. */
    @RpcService(PlacesGrpc.class)
    static class WrongSender {

        void notes(MessageReceiver<Note> in) {
            Iterator<Note> notes = in.iterator();
            notes.next();
        }

    }

    /** A mistake. */
    @RpcService(PlacesGrpc.class)
    static class Misspelt {

        Place fnd(PlaceName name) {
            return place(name.getName());
        }

    }

    /** A mistake. */
    @RpcService(PlacesGrpc.class)
    static class Overloaded {

        Place find(PlaceName name) {
            return place(name.getName());
        }

        Place find(String name) {
            return place(name);
        }

    }

    /** A mistake. */
    @RpcService(String.class)
    static class NotGenerated {

    }

}
