package com.example;

import com.example.clock.ClockGrpc;
import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import com.example.clock.TimeOfDay;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcStream;

/** Sends metadata with one call, and reads what comes with its answer. */
@Component
class OneCall {

    static final Metadata.Key<String> REQUEST_ID = Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private final ClockBlockingStub clock;

    OneCall(@RpcClient("clock") ClockBlockingStub clock) {
        this.clock = clock;
    }

    String timeAt(Place place, String requestId) {
        Metadata headers = new Metadata();
        headers.put(REQUEST_ID, requestId);
        return this.clock.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).timeAt(place).getTime();
    }

    Metadata trailersOf(Place place) {
        try (RpcStream<Place, TimeOfDay> call = RpcStream.open(this.clock, ClockGrpc.getTimeAtMethod())) {
            call.send(place);
            call.finish();
            return call.trailers();
        }
    }

    @Nullable Metadata trailersOfAFailure(Place place) {
        try {
            this.clock.timeAt(place);
            return null;
        }
        catch (StatusRuntimeException ex) {
            return ex.getTrailers();
        }
    }

}
