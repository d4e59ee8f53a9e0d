package io.rpcspring.benchmark;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.server.RpcServer;

/**
 * An application with the starter and one service.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class StarterApplication {

    static int start(Class<?> service, List<String> properties, int port) {
        SpringApplication application = new SpringApplication(StarterApplication.class, service);
        application.setBannerMode(Banner.Mode.OFF);
        application.setWebApplicationType(WebApplicationType.NONE);
        String[] arguments = Stream
            .concat(Stream.of("rpc.server.port=" + port, "logging.level.root=warn"), properties.stream())
            .map((property) -> "--" + property)
            .toArray(String[]::new);
        return application.run(arguments).getBean(RpcServer.class).port();
    }

}
