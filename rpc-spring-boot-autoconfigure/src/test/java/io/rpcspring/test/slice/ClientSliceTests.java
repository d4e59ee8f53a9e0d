package io.rpcspring.test.slice;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;
import io.rpcspring.test.FakeRpc;
import io.rpcspring.test.RpcTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The clients of an application, and no server.
 */
@RpcTest
@Import(Traveller.class)
class ClientSliceTests {

    @Test
    void theClientIsAnsweredByTheFake(@Autowired Traveller traveller, @Autowired ApplicationContext context) {
        assertThat(traveller.zoneOf("Zurich")).isEqualTo("Fake/Zurich");
        assertThat(context.getBean(RpcServer.class).isRunning()).isFalse();
    }

    /** Answers in the place of the real one. */
    @FakeRpc("places")
    @RpcService(PlacesGrpc.class)
    static class FakePlaces {

        Place find(PlaceName name) {
            return Place.newBuilder().setZone("Fake/" + name.getName()).build();
        }

    }

}
