package io.rpcspring.server.security;

import java.util.List;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Annotations of Spring Security decide about handlers of all kinds, and about the beans
 * below them.
 */
@ParameterizedClass
@ValueSource(classes = { MethodSecurityTests.Plain.class, MethodSecurityTests.Observers.class })
class MethodSecurityTests {

    private static @Nullable PlacesServer server;

    @Parameter
    Class<?> service = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> service) {
        server = Secured.start(List.of(service, Below.class, Enabled.class, Tokens.decoder()),
                "rpc.server.security.default-access=permit-all");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource({ "find, Find", "within, Within", "travel, Travel", "notes, Notes" })
    void onlyWhoHasTheAuthorityGetsToTheHandler(String scope, String method) {
        assertThat(line(method, Tokens.of("anna", scope))).isEqualTo("OK: null (none)");
        assertThat(line(method, Tokens.of("anna", "other")))
            .isEqualTo("PERMISSION_DENIED: The caller may not call places.v1.Places/" + method + " (NOT_ALLOWED)");
        assertThat(line(method, null))
            .isEqualTo("UNAUTHENTICATED: places.v1.Places/" + method + " needs credentials (UNAUTHENTICATED)");
    }

    private static String line(String name, @Nullable String token) {
        MethodDescriptor<?, ?> method = PlacesGrpc.getServiceDescriptor()
            .getMethods()
            .stream()
            .filter((each) -> name.equals(each.getBareMethodName()))
            .findFirst()
            .orElseThrow();
        PlacesServer running = server;
        if (running == null) {
            throw new IllegalStateException();
        }
        Ended end = Secured.call(running.channel(), method, (token != null) ? Secured.bearer(token) : Secured.nobody());
        return Secured.line(end);
    }

    /** Looks at all of them. */
    @EnableMethodSecurity(securedEnabled = true)
    static class Enabled {

    }

    /** A bean that handlers call. */
    static class Below {

        @PreAuthorize("hasAuthority('SCOPE_notes')")
        Note note() {
            return Note.getDefaultInstance();
        }

    }

    /** Package-private, and so are its handlers. */
    @RpcService(PlacesGrpc.class)
    static class Plain {

        private final Below below;

        Plain(Below below) {
            this.below = below;
        }

        @PreAuthorize("hasAuthority('SCOPE_find')")
        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

        @PreAuthorize("hasAuthority('SCOPE_within')")
        Stream<Place> within(Area area) {
            return Stream.of(Place.getDefaultInstance());
        }

        @PostAuthorize("hasAuthority('SCOPE_travel')")
        Distance travel(MessageReceiver<Point> in) {
            in.forEach((point) -> {
            });
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            out.send(this.below.note());
        }

    }

    /** A generated base class. */
    @RpcService
    static class Observers extends PlacesGrpc.PlacesImplBase {

        private final Below below;

        Observers(Below below) {
            this.below = below;
        }

        @Override
        @org.springframework.security.access.annotation.Secured("SCOPE_find")
        public void find(PlaceName name, StreamObserver<Place> response) {
            response.onNext(Place.getDefaultInstance());
            response.onCompleted();
        }

        @Override
        @PreAuthorize("hasAuthority('SCOPE_within')")
        public void within(Area area, StreamObserver<Place> response) {
            response.onCompleted();
        }

        @Override
        @PreAuthorize("hasAuthority('SCOPE_travel')")
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            return end(response, Distance.getDefaultInstance());
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            return end(response, this.below.note());
        }

        private static <Q, R> StreamObserver<Q> end(StreamObserver<R> response, R message) {
            return new StreamObserver<>() {

                @Override
                public void onNext(Q request) {
                }

                @Override
                public void onError(Throwable thrown) {
                }

                @Override
                public void onCompleted() {
                    response.onNext(message);
                    response.onCompleted();
                }

            };
        }

    }

}
