package io.rpcspring.sample;

import java.util.List;
import java.util.concurrent.ExecutionException;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;
import io.rpcspring.sample.clock.ClockGrpc.ClockFutureStub;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.PlaceName;

/**
 * Asks for the time at many places at once, from one thread, with a future stub.
 */
@Component
class WorldClock {

    private final ClockFutureStub clock;

    WorldClock(@RpcClient("places") ClockFutureStub clock) {
        this.clock = clock;
    }

    List<LocalTime> timesAt(List<String> places) throws InterruptedException, ExecutionException {
        List<ListenableFuture<LocalTime>> answers = places.stream()
            .map((place) -> this.clock.timeAt(PlaceName.newBuilder().setName(place).build()))
            .toList();
        return Futures.allAsList(answers).get();
    }

}
