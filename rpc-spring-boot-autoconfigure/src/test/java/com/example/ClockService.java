package com.example;

import java.time.LocalTime;
import java.time.ZoneId;

import com.example.clock.ClockGrpc;
import com.example.clock.Place;
import com.example.clock.TimeOfDay;
import io.grpc.stub.StreamObserver;

import io.rpcspring.RpcService;

/** Serves {@code clock.Clock}. */
@RpcService
class ClockService extends ClockGrpc.ClockImplBase {

    @Override
    public void timeAt(Place place, StreamObserver<TimeOfDay> response) {
        LocalTime now = LocalTime.now(ZoneId.of(place.getZone()));
        response.onNext(TimeOfDay.newBuilder().setTime(now.toString()).build());
        response.onCompleted();
    }

}
