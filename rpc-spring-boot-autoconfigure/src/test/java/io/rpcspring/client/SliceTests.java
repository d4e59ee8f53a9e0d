package io.rpcspring.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.grpc.Channel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a test of a slice of the application has: Spring Boot looks for these files.
 */
class SliceTests {

    @ParameterizedTest
    @ValueSource(strings = { "webmvc.test.autoconfigure.AutoConfigureWebMvc",
            "webflux.test.autoconfigure.AutoConfigureWebFlux" })
    void slicesOfTheWebHaveClientsThatConnectToNobodyAtTheStart(String slice) throws IOException {
        ClassPathResource file = new ClassPathResource(
                "META-INF/spring/org.springframework.boot." + slice + ".imports");
        Class<?>[] configurations = file.getContentAsString(StandardCharsets.UTF_8)
            .lines()
            .map((name) -> ClassUtils.resolveClassName(name, null))
            .toArray(Class<?>[]::new);
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(configurations))
            .withPropertyValues("rpc.client.channels.places.target=localhost:1",
                    "rpc.client.channels.places.connect=required", "rpc.client.channels.places.connect-timeout=1ms")
            .withBean(User.class)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getBean(User.class).channel).isNotNull();
            });
    }

    /** Has a client. */
    static class User {

        @RpcClient("places")
        @Nullable Channel channel;

    }

}
