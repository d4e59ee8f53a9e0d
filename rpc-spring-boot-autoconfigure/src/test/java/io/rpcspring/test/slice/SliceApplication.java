package io.rpcspring.test.slice;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.example.clock.ClockGrpc;
import com.example.clock.TimeOfDay;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcClient;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

/**
 * Two services, what they need, and a client.
 */
@SpringBootApplication
public class SliceApplication {

    /** Knows places. */
    public interface Gazetteer {

        Place find(String name);

    }

    /** Knows none, and says so when it is made. */
    @Service
    static class LostGazetteer implements Gazetteer {

        LostGazetteer() {
            throw new IllegalStateException("nobody wants this in a slice");
        }

        @Override
        public Place find(String name) {
            throw new IllegalStateException("lost");
        }

    }

    /** Serves places. */
    @RpcService(PlacesGrpc.class)
    public static class SlicedPlaces {

        private final Gazetteer gazetteer;

        SlicedPlaces(Gazetteer gazetteer) {
            this.gazetteer = gazetteer;
        }

        Place find(PlaceName name) {
            return this.gazetteer.find(name.getName());
        }

    }

    /** Serves clocks, and is left out. */
    @RpcService(ClockGrpc.class)
    static class SlicedClock {

        TimeOfDay timeAt(com.example.clock.Place place) {
            return TimeOfDay.getDefaultInstance();
        }

    }

    /** Calls places. */
    @Component
    public static class Traveller {

        private final PlacesBlockingStub places;

        Traveller(@RpcClient("places") PlacesBlockingStub places) {
            this.places = places;
        }

        public String zoneOf(String name) {
            return this.places.find(PlaceName.newBuilder().setName(name).build()).getZone();
        }

    }

    /** Maps what the gazetteer throws. */
    @RpcAdvice
    static class Errors {

        @RpcExceptionHandler
        Status unsupported(UnsupportedOperationException ex) {
            return Status.NOT_FOUND.withDescription(ex.getMessage());
        }

    }

    /** Is for a service that slices leave out. */
    @RpcInterceptor(services = "clock.Clock")
    static class ClockOnly implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return next.startCall(call, headers);
        }

    }

    /** Keeps what is called. */
    @RpcInterceptor
    public static class Log implements ServerInterceptor {

        public final List<String> calls = new CopyOnWriteArrayList<>();

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            this.calls.add(call.getMethodDescriptor().getFullMethodName());
            return next.startCall(call, headers);
        }

    }

}
