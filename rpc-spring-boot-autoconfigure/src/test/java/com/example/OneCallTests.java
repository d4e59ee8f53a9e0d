package com.example;

import com.example.clock.ClockGrpc;
import com.example.clock.Place;
import com.example.clock.TimeOfDay;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.test.FakeRpc;
import io.rpcspring.test.RpcTest;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs a client, and answers its calls. */
@RpcTest
@Import(OneCall.class)
class OneCallTests {

    @Test
    void sendsTheRequestId(@Autowired OneCall call) {
        assertThat(call.timeAt(Place.getDefaultInstance(), "7")).isEqualTo("noon, 7");
    }

    @FakeRpc("clock")
    @RpcService(ClockGrpc.class)
    static class FakeClock {

        TimeOfDay timeAt(Place place, RpcContext call) {
            return TimeOfDay.newBuilder().setTime("noon, " + call.requestHeaders().get(OneCall.REQUEST_ID)).build();
        }

    }

}
