package io.rpcspring.sample;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

import io.grpc.stub.StreamObserver;

import io.rpcspring.RpcService;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.PlaceName;

/**
 * Serves {@code clock.v1.Clock}: what time it is at a place.
 * <p>
 * It extends the generated base class, to show that both kinds of services live side by
 * side.
 */
@RpcService
class ClockService extends ClockGrpc.ClockImplBase {

    private final Atlas atlas;

    ClockService(Atlas atlas) {
        this.atlas = atlas;
    }

    @Override
    public void timeAt(PlaceName request, StreamObserver<LocalTime> response) {
        this.atlas.find(request.getName()).ifPresentOrElse((place) -> {
            response.onNext(now(place.getZone()));
            response.onCompleted();
        }, () -> response.onError(Places.noSuchPlace(request.getName())));
    }

    private static LocalTime now(String zone) {
        ZonedDateTime time = ZonedDateTime.now(ZoneId.of(zone)).truncatedTo(ChronoUnit.SECONDS);
        return LocalTime.newBuilder()
            .setZone(zone)
            .setTime(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time))
            .build();
    }

}
