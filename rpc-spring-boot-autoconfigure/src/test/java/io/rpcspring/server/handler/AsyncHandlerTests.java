package io.rpcspring.server.handler;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcConfigurationException;
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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of handlers that Spring runs on another thread.
 */
class AsyncHandlerTests {

    private static final String FREE = ": the pool of the call runs the handler on a thread of its own anyway";

    private static final String EMPTY = ": its calls would end with nothing sent, before it has run on another thread.";

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withUserConfiguration(WithAsync.class);

    @Test
    void handlersThatReturnACompletableFutureAnswer() {
        this.runner.withBean(Futures.class).run((context) -> {
            try (Connection connection = Connection.to(context);
                    RpcStream<Point, Distance> trip = RpcStream.open(connection.channel(),
                            PlacesGrpc.getTravelMethod())) {
                assertThat(connection.find("Zurich").getZone()).isNotEmpty().doesNotStartWith("rpc-");
                trip.send(Point.getDefaultInstance());
                trip.send(Point.getDefaultInstance());
                assertThat(trip.finish().getKilometres()).isEqualTo(2);
            }
        });
    }

    @Test
    void streamingHandlerThatReturnsNothingStopsTheStart() {
        assertRefused(Sending.class, "The handler 'void within(Area, MessageSender<Place>)'",
                " is @Async" + EMPTY + " Remove @Async from the method" + FREE + ".");
        assertRefused(Chatting.class, "The handler 'void notes(MessageReceiver<Note>, MessageSender<Note>)'",
                " is @Async" + EMPTY + " Remove @Async from the method" + FREE + ".");
    }

    @Test
    void handlerOfAnotherTypeStopsTheStart() {
        assertRefused(Finding.class, "The handler 'Place find(PlaceName)'",
                " is @Async: all of its calls would fail, because Spring makes no Place of what is still to come."
                        + " Remove @Async from the method" + FREE + "; or return CompletableFuture<Place>.");
        assertRefused(Staged.class, "The handler 'CompletionStage<Distance> travel(MessageReceiver<Point>)'",
                " is @Async: all of its calls would fail, because Spring makes no CompletionStage of what is still to"
                        + " come. Remove @Async from the method" + FREE + "; or return CompletableFuture<Distance>.");
        assertRefused(Listing.class, "The handler 'List<Place> within(Area)'",
                " is @Async: all of its calls would fail, because Spring makes no List of what is still to come."
                        + " Remove @Async from the method" + FREE + ".");
    }

    @Test
    void annotationOfTheClassIsFoundAlsoThroughOthers() {
        assertRefused(AsyncClass.class, "The handler 'void within(Area, MessageSender<Place>)'",
                " is @Async because its class is" + EMPTY + " Remove @Async from the class" + FREE + ".");
        assertRefused(Inheriting.class, "The handler 'void within(Area, MessageSender<Place>)'",
                " is @Async because its class is" + EMPTY + " Remove @Async from the class" + FREE + ".");
    }

    private void assertRefused(Class<?> bean, String handler, String message) {
        this.runner.withBean("places", bean)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(handler + " of the bean 'places' (" + bean.getName() + ")" + message));
    }

    private static Place here() {
        return Place.newBuilder().setZone(Thread.currentThread().getName()).build();
    }

    /** As applications switch it on. */
    @Configuration(proxyBeanMethods = false)
    @EnableAsync(proxyTargetClass = true)
    static class WithAsync {

    }

    /** Another annotation with the same effect. */
    @Async
    @Retention(RetentionPolicy.RUNTIME)
    @interface Background {

    }

    /** Works. */
    @RpcService(PlacesGrpc.class)
    @Async
    static class Futures {

        CompletableFuture<Place> find(PlaceName name) {
            return CompletableFuture.completedFuture(here());
        }

        @Background
        CompletableFuture<Distance> travel(MessageReceiver<Point> in) {
            int points = 0;
            while (in.hasNext()) {
                in.next();
                points++;
            }
            return CompletableFuture.completedFuture(Distance.newBuilder().setKilometres(points).build());
        }

    }

    /** Sends nothing in time. */
    @RpcService(PlacesGrpc.class)
    static class Sending {

        @Async
        void within(Area area, MessageSender<Place> out) {
            out.send(here());
        }

    }

    /** Is marked by another annotation. */
    @RpcService(PlacesGrpc.class)
    static class Chatting {

        @Background
        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

    }

    /** Has no answer that could come later. */
    @RpcService(PlacesGrpc.class)
    static class Finding {

        @Async
        Place find(PlaceName name) {
            return here();
        }

    }

    /** Has one that Spring does not know. */
    @RpcService(PlacesGrpc.class)
    static class Staged {

        @Async
        CompletionStage<Distance> travel(MessageReceiver<Point> in) {
            return CompletableFuture.completedFuture(Distance.getDefaultInstance());
        }

    }

    /** Has many. */
    @RpcService(PlacesGrpc.class)
    static class Listing {

        @Async
        List<Place> within(Area area) {
            return List.of(here());
        }

    }

    /** All of its methods are. */
    @RpcService(PlacesGrpc.class)
    @Background
    static class AsyncClass {

        void within(Area area, MessageSender<Place> out) {
            out.send(here());
        }

    }

    /** So are those of its subclass. */
    @RpcService(PlacesGrpc.class)
    static class Inheriting extends AsyncClass {

        @Override
        void within(Area area, MessageSender<Place> out) {
            super.within(area, out);
        }

    }

}
