package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import com.example.clock.TimeOfDay;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import io.rpcspring.test.RpcTest;

import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/** Mocks a stub. */
@RpcTest
@Import(AskOnce.class)
class ClockMockTests {

    @MockitoBean
    @SuppressWarnings("NullAway.Init") // set by Spring
    ClockBlockingStub clock;

    @Test
    void asksForTokyo(@Autowired AskOnce askOnce) {
        Place tokyo = Place.newBuilder().setZone("Asia/Tokyo").build();
        given(this.clock.timeAt(tokyo)).willReturn(TimeOfDay.newBuilder().setTime("12:00").build());
        askOnce.run();
        then(this.clock).should().timeAt(tokyo);
    }

}
