package io.rpcspring.test.container;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestConstructor;
import org.springframework.test.context.TestConstructor.AutowireMode;

import io.rpcspring.RpcClient;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Containers that are channels' servers. A server of this process plays each.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
        properties = { "rpc.client.channels.places.target=localhost:1", "rpc.client.channels.places.deadline=30s" })
@TestConstructor(autowireMode = AutowireMode.ALL)
class ServiceConnectionTests {

    private static final PlaceName OSLO = PlaceName.newBuilder().setName("Oslo").build();

    @ServiceConnection(name = "places")
    static final PlacesContainer places = new PlacesContainer();

    @ServiceConnection(name = "postbox")
    static final PlacesContainer postbox = new PlacesContainer();

    private final PlacesBlockingStub stub;

    ServiceConnectionTests(@RpcClient("places") PlacesBlockingStub stub) {
        this.stub = stub;
    }

    @AfterAll
    static void stop() {
        places.stop();
    }

    @Test
    void fieldsOfTestsTakeTheirChannelsTargetsPlace() {
        assertThat(this.stub.find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(places.lastDeadline()).isPositive();
    }

    @Test
    void beansMakeChannelsThatAreNotConfigured(@Autowired RpcChannels channels) {
        assertThat(PlacesGrpc.newBlockingStub(channels.get("elsewhere")).find(OSLO).getName()).isEqualTo("Oslo");
    }

    @Test
    void containersOfOtherLibrariesAreNoChannels(@Autowired RpcChannels channels) {
        assertThat(channels.names()).containsExactly("elsewhere", "places");
        assertThat(postbox.isRunning()).isFalse();
    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @Import(ClientSelector.class)
    static class Application {

        @Bean(destroyMethod = "stop")
        @ServiceConnection(name = "elsewhere")
        PlacesContainer elsewhere() {
            return new PlacesContainer();
        }

    }

}
