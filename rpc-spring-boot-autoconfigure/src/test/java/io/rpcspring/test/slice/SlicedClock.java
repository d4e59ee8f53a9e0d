package io.rpcspring.test.slice;

import com.example.clock.ClockGrpc;
import com.example.clock.TimeOfDay;

import io.rpcspring.RpcService;

/**
 * Serves clocks, and is left out.
 */
@RpcService(ClockGrpc.class)
class SlicedClock {

    TimeOfDay timeAt(com.example.clock.Place place) {
        return TimeOfDay.getDefaultInstance();
    }

}
