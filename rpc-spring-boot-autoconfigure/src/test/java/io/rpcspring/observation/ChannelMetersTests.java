package io.rpcspring.observation;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.grpc.CallOptions;
import io.micrometer.core.instrument.FunctionCounter;
import org.junit.jupiter.api.Test;

import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.Measured;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the meters of a channel show.
 */
class ChannelMetersTests {

    @Test
    void channelShowsItsStateConnectionsUsersAndCalls() throws Exception {
        StuckPlaces places = new StuckPlaces();
        try (Measured application = Measured.start(places)) {
            assertThat(state(application, "IDLE")).isEqualTo(1);
            assertThat(shown(application, "users")).isZero();
            List<CompletableFuture<Ended>> calls = Flood.start(3, application.channel(), PlacesGrpc.getFindMethod(),
                    PlaceName.getDefaultInstance(), CallOptions.DEFAULT);
            await().until(() -> shown(application, "connections") == 1);
            await().until(() -> state(application, "READY") == 1);
            assertThat(state(application, "IDLE")).isZero();
            assertThat(shown(application, "users")).isEqualTo(1);
            assertThat(shown(application, "calls")).isEqualTo(3);
            assertThat(resolutions(application, "places", "success")).isPositive();
            places.release.countDown();
            Flood.ends(calls);
            assertThat(shown(application, "calls")).isZero();
        }
    }

    @Test
    void nameThatIsUnknownShows() {
        try (Measured application = Measured.start(new StuckPlaces(),
                "rpc.client.channels.lost.target=dns:///nowhere.invalid:1")) {
            Flood.ends(Flood.start(1, application.channel("lost"), PlacesGrpc.getFindMethod(),
                    PlaceName.getDefaultInstance(), CallOptions.DEFAULT));
            assertThat(resolutions(application, "lost", "failure")).isPositive();
            assertThat(resolutions(application, "lost", "success")).isZero();
            await().untilAsserted(() -> assertThat(
                    application.gauge("rpc.client.channel.state", "channel", "lost", "state", "TRANSIENT_FAILURE"))
                .isEqualTo(1));
        }
    }

    private static double state(Measured application, String state) {
        return application.gauge("rpc.client.channel.state", "channel", "places", "state", state);
    }

    private static double shown(Measured application, String what) {
        return application.gauge("rpc.client.channel." + what, "channel", "places");
    }

    private static double resolutions(Measured application, String channel, String outcome) {
        FunctionCounter counter = application.registry()
            .get("rpc.client.channel.resolutions")
            .tags("channel", channel, "outcome", outcome)
            .functionCounter();
        return counter.count();
    }

}
