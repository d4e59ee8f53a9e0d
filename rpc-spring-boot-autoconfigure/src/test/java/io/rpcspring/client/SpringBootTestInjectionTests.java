package io.rpcspring.client;

import io.grpc.Channel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcClient;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients in a user's test of a whole application.
 */
@SpringBootTest(
        properties = { "rpc.server.port=0", "rpc.client.channels.places.target=localhost:${local.rpc.server.port}" })
class SpringBootTestInjectionTests {

    @RpcClient("places")
    private @Nullable PlacesBlockingStub field;

    @Test
    void fieldsAndParametersOfTestsAreInjected(@RpcClient("places") PlacesBlockingStub parameter,
            @RpcClient("places") Channel channel) {
        PlaceName zurich = PlaceName.newBuilder().setName("Zurich").build();
        assertThat(parameter.find(zurich).getName()).isEqualTo("Zurich");
        assertThat(this.field).isNotNull();
        assertThat(this.field.getChannel()).isSameAs(channel);
    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MarkedPlaces.class)
    static class PlacesApplication {

    }

}
