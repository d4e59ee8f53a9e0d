package io.rpcspring.benchmark;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.server.RpcServer;

/**
 * An application with the starter and nothing else.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(StarterBench.class)
class StarterApplication {

    static int start(List<String> properties, int port) {
        SpringApplication application = new SpringApplication(StarterApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setWebApplicationType(WebApplicationType.NONE);
        String[] arguments = Stream
            .concat(Stream.of("rpc.server.port=" + port, "logging.level.root=warn"), properties.stream())
            .map((property) -> "--" + property)
            .toArray(String[]::new);
        return application.run(arguments).getBean(RpcServer.class).port();
    }

}
