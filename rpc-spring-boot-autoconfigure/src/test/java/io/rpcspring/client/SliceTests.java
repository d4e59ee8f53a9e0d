package io.rpcspring.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.grpc.Channel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.type.AnnotationMetadata;

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
        Imported.names = file.getContentAsString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
        new ApplicationContextRunner().withUserConfiguration(Imported.class)
            .withPropertyValues("rpc.client.channels.places.target=localhost:1",
                    "rpc.client.channels.places.connect=required", "rpc.client.channels.places.connect-timeout=1ms")
            .withBean(User.class)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getBean(User.class).channel).isNotNull();
            });
    }

    /**
     * By name, as Spring Boot does it: a library that one of them wants may be absent.
     */
    @Import(Imported.class)
    static final class Imported implements DeferredImportSelector {

        private static String[] names = {};

        @Override
        public String[] selectImports(AnnotationMetadata metadata) {
            return names;
        }

    }

    /** Has a client. */
    static class User {

        @RpcClient("places")
        @Nullable Channel channel;

    }

}
