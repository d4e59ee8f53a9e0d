package io.rpcspring.server.security;

import java.util.Objects;
import java.util.stream.Stream;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

/**
 * Tells callers who they are, in a trailer.
 */
@RpcService(PlacesGrpc.class)
class WhoPlaces {

    private static final Metadata.Key<String> WHO = Metadata.Key.of("who", Metadata.ASCII_STRING_MARSHALLER);

    Place find(PlaceName name, RpcContext call) {
        tell(call);
        return Place.getDefaultInstance();
    }

    Stream<Place> within(Area area, RpcContext call) {
        tell(call);
        return Stream.of(Place.getDefaultInstance());
    }

    Distance travel(MessageReceiver<Point> in, RpcContext call) {
        in.forEach((point) -> {
        });
        tell(call);
        return Distance.getDefaultInstance();
    }

    void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext call) {
        in.forEach(out::send);
        tell(call);
    }

    /** As Spring Security knows the caller, and as the call does. */
    private static void tell(RpcContext call) {
        call.responseTrailers()
            .put(WHO, here() + ", " + ((call.principal() != null) ? call.principal().getName() : null));
    }

    static @Nullable String here() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        return (caller != null) ? caller.getName() : null;
    }

    static String told(Ended end) {
        return Objects.requireNonNull(end.trailers().get(WHO), () -> end.status().toString());
    }

}
