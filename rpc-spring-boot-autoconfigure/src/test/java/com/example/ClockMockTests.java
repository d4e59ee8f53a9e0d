package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import com.example.clock.TimeOfDay;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import io.rpcspring.test.RpcTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/** Mocks a stub. */
@RpcTest
@Import(TokyoClock.class)
class ClockMockTests {

    @MockitoBean
    @SuppressWarnings("NullAway.Init") // set by Spring
    ClockBlockingStub clock;

    @Test
    void asksForTokyo(@Autowired TokyoClock tokyo) {
        Place place = Place.newBuilder().setZone("Asia/Tokyo").build();
        given(this.clock.timeAt(place)).willReturn(TimeOfDay.newBuilder().setTime("12:00").build());
        assertThat(tokyo.now()).isEqualTo("12:00");
    }

}
