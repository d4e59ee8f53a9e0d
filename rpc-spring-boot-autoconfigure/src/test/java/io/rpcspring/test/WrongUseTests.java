package io.rpcspring.test;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What somebody reads whose test cannot work.
 */
class WrongUseTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    WithoutSpring     | io.rpcspring.test.WrongUse$WithoutSpring uses @InProcessRpc or @LocalRpcServerPort, but runs without Spring. Mark it @SpringBootTest, or @RpcTest for a slice of the application.
                    PortWithoutSpring | io.rpcspring.test.WrongUse$PortWithoutSpring uses @InProcessRpc or @LocalRpcServerPort, but runs without Spring. Mark it @SpringBootTest, or @RpcTest for a slice of the application.
                    NothingServed     | The test is marked @InProcessRpc, but there is no server to call: no bean is marked @RpcService. Mark a bean @RpcService, or let a nested class marked @FakeRpc answer the calls; or remove @InProcessRpc.
                    ServerOff         | The test is marked @InProcessRpc, but there is no server to call: rpc.server.enabled is false. Remove rpc.server.enabled in the test, or remove @InProcessRpc.
                    PortInProcess     | @LocalRpcServerPort asks for the port of the gRPC server, but it has none: it is called within the JVM. Set rpc.server.port=0 and remove @InProcessRpc, @RpcTest or rpc.server.in-process-name; or call the server through @RpcClient, which needs no port.
                    PortOfNobody      | @LocalRpcServerPort asks for the port of the gRPC server, but none runs. Mark a bean @RpcService, and remove rpc.server.enabled if it is false.
                    TwoFakes          | Two fakes answer places.v1.Places on the channel 'places': 'wrongUse.TwoFakes.One' (io.rpcspring.test.WrongUse$TwoFakes$One) and 'wrongUse.TwoFakes.Two' (io.rpcspring.test.WrongUse$TwoFakes$Two). Remove one of them, or let it answer another channel: @FakeRpc("...").
                    FakeOfNobody      | The fake 'wrongUse.FakeOfNobody.Fake' (io.rpcspring.test.WrongUse$FakeOfNobody$Fake) answers the channel 'plases', which nobody has. Channels: places. Correct the name in @FakeRpc, or add rpc.client.channels.plases.
                    NoService         | The bean 'wrongUse.NoService.Fake' is marked @FakeRpc, but is no gRPC service. Mark it @RpcService with the generated class of its service, as in @RpcService(PlacesGrpc.class), or let it extend the generated base class.
                    InnerFake         | The class io.rpcspring.test.WrongUse$InnerFake$Fake is marked @FakeRpc, but is not static, so that Spring cannot make it. Write: static class Fake.
                    GeneratedClass    | @RpcTest names io.rpcspring.sample.places.PlacesGrpc, which is not marked @RpcService. Name the class of the bean that serves, not the generated one. If a @Bean method has the mark, leave the class out and write @Import with the class of the method.
                    TwoMocks          | The test replaces the stub io.rpcspring.sample.places.PlacesGrpc$PlacesBlockingStub of the channel 'places' by one and two. Remove all but one; or say which is whose: mark each field @RpcClient("places"), or with the name of another channel.
                    """)
    void messageNamesTheCure(String test, String message) {
        assertThat(failure(test)).isEqualTo(message);
    }

    @Test
    void unknownChannelOfAServiceThatNobodyAnswers() {
        assertThat(failure("UnknownChannel")).startsWith("No channel 'clock' is configured, but parameter ")
            .contains(" asks for it, and nothing here answers clock.v1.Clock. Configured channels: clocks. Correct the"
                    + " name, or add the channel to application.yml:\n\nrpc:\n  client:\n    channels:\n      clock:\n"
                    + "        target: \"localhost:9090\"");
    }

    /** The message of the cause of all. */
    private static String failure(String test) {
        Class<?> type = ClassUtils.resolveClassName(WrongUse.class.getName() + "$" + test, null);
        TestExecutionSummary summary = Launch.of(Map.of(), type);
        assertThat(summary.getFailures()).as(test).hasSize(1);
        TestExecutionSummary.Failure failure = summary.getFailures().get(0);
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure.getException()).getMessage());
    }

}
