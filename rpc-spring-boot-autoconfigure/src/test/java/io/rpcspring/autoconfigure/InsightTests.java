package io.rpcspring.autoconfigure;

import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What tools see of a server, if it lets them.
 */
class InsightTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(MarkedPlaces.class);

    @Test
    void reflectionNamesTheServicesAndDoesNotHoldUpTheEnd() {
        this.runner.withPropertyValues("rpc.server.reflection.enabled=true").run((context) -> {
            try (Connection connection = Connection.to(context);
                    RpcStream<ServerReflectionRequest, ServerReflectionResponse> stream = RpcStream
                        .open(connection.channel(), ServerReflectionGrpc.getServerReflectionInfoMethod())) {
                stream.send(ServerReflectionRequest.newBuilder().setListServices("").build());
                assertThat(stream.next().getListServicesResponse().getServiceList())
                    .extracting((service) -> service.getName())
                    .containsExactlyInAnyOrder("places.v1.Places", "grpc.health.v1.Health",
                            "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");
                context.close();
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(stream::hasNext)
                    .withMessage("UNAVAILABLE: The server shuts down");
            }
        });
    }

    @Test
    void channelzKnowsTheServer() {
        this.runner.withPropertyValues("rpc.server.channelz.enabled=true").run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(servers(connection.channel())).isPositive();
            }
        });
    }

    @Test
    void bothAreOffUnlessAskedFor() {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context);
                    RpcStream<ServerReflectionRequest, ServerReflectionResponse> stream = RpcStream
                        .open(connection.channel(), ServerReflectionGrpc.getServerReflectionInfoMethod())) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(stream::hasNext)
                    .withMessageStartingWith("UNIMPLEMENTED: Method not found: grpc.reflection.v1.ServerReflection/");
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> servers(connection.channel()))
                    .withMessage("UNIMPLEMENTED: Method not found: grpc.channelz.v1.Channelz/GetServers");
            }
        });
    }

    private static int servers(Channel channel) {
        return ChannelzGrpc.newBlockingStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .getServers(GetServersRequest.getDefaultInstance())
            .getServerCount();
    }

}
