package io.rpcspring.test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Status;
import io.grpc.StatusException;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

/**
 * A plain object whose answers show what its calls have passed.
 */
@RpcService(PlacesGrpc.class)
class TriedPlaces {

    static final String FLAKY = "Flaky";

    static final String STUCK = "Stuck";

    private final AtomicInteger attempts = new AtomicInteger();

    private final CountDownLatch never = new CountDownLatch(1);

    Place find(PlaceName name, RpcContext context) throws StatusException, InterruptedException {
        if (name.getName().equals(FLAKY) && this.attempts.incrementAndGet() % 3 != 0) {
            throw Status.UNAVAILABLE.withDescription("not yet").asException();
        }
        if (name.getName().equals(STUCK)) {
            this.never.await();
        }
        return Place.newBuilder()
            .setName(name.getName().isEmpty() ? "x".repeat(5 << 20) : name.getName())
            .setZone(Thread.currentThread().getName())
            .addCountries(String.valueOf(context.peer()))
            .build();
    }

    void within(Area area, MessageSender<Place> out) {
        for (int i = 0; i < area.getRadiusKm(); i++) {
            out.send(Place.newBuilder().setName("Place " + i).build());
        }
    }

    int attempts() {
        return this.attempts.get();
    }

}
