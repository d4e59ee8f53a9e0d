package io.rpcspring.validation;

import com.example.mistakes.MisspeltGrpc;
import com.example.mistakes.WrongMessageGrpc;
import com.example.mistakes.WrongPatternGrpc;
import com.example.mistakes.WrongResponseGrpc;
import com.example.mistakes.WrongTypeGrpc;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.PlacesServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A rule that cannot be compiled stops the start, and the message says where it stands.
 */
class RuleMistakeTests {

    private static final String MISSPELT = """
            A rule of mistakes.MisspeltInner in mistakes.proto cannot be compiled: Failed to compile expression name.known:
            ERROR: <input>:1:5: type 'string' does not support field selection
             | this.nam == 'x'
             | ....^
            """;

    private static void assertStartFails(Object service, String description) {
        assertThatThrownBy(() -> Bookings.start(service, "rpc.server.validation.responses=true").close()).rootCause()
            .asInstanceOf(InstanceOfAssertFactories.type(RpcConfigurationException.class))
            .satisfies((failure) -> {
                assertThat(failure.description()).isEqualTo(description);
                assertThat(failure.action()).isEqualTo("Correct the rule in mistakes.proto, or set"
                        + " rpc.server.services.\"[mistakes." + service.getClass().getSimpleName()
                        + "]\".methods.Ask.validation to false to go without rules meanwhile.");
            });
    }

    @Test
    void expressionWithinAnInnerMessage() {
        assertStartFails(new Misspelt(), MISSPELT);
    }

    @Test
    void expressionOfTheOneMessageOfTwoThatContainEachOther() {
        assertStartFails(new WrongMessage(), """
                A rule of mistakes.Hen in mistakes.proto cannot be compiled: Failed to compile expression hen.known:
                ERROR: <input>:1:5: undefined field 'name'
                 | this.name != ''
                 | ....^
                """);
    }

    @Test
    void ruleOfAnotherType() {
        assertStartFails(new WrongType(), "A rule of mistakes.WrongTypeRequest in"
                + " mistakes.proto cannot be compiled: expected rule int32, got string on field number.");
    }

    @Test
    void pattern() {
        assertStartFails(new WrongPattern(), "A rule of mistakes.WrongPatternRequest in"
                + " mistakes.proto cannot be compiled: the pattern of name: error parsing regexp: missing closing ]: `[a-`.");
    }

    @Test
    void ruleOfAResponse() {
        assertStartFails(new WrongResponse(), MISSPELT);
        Bookings.start(new WrongResponse()).close();
    }

    @Test
    void actionHelps() {
        try (PlacesServer server = Bookings.start(new Misspelt(),
                "rpc.server.services.[mistakes.Misspelt].methods.Ask.validation=false")) {
            assertThat(server.port()).isPositive();
        }
    }

    @RpcService
    static class Misspelt extends MisspeltGrpc.MisspeltImplBase {

    }

    @RpcService
    static class WrongType extends WrongTypeGrpc.WrongTypeImplBase {

    }

    @RpcService
    static class WrongPattern extends WrongPatternGrpc.WrongPatternImplBase {

    }

    @RpcService
    static class WrongMessage extends WrongMessageGrpc.WrongMessageImplBase {

    }

    @RpcService
    static class WrongResponse extends WrongResponseGrpc.WrongResponseImplBase {

    }

}
