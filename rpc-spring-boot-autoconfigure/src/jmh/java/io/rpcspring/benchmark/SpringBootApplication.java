package io.rpcspring.benchmark;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * The same application with Spring Boot's own gRPC starter.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(RawBench.class)
class SpringBootApplication {

    static int start(int port) {
        SpringApplication application = new SpringApplication(SpringBootApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run("--spring.grpc.server.port=" + port, "--logging.level.root=warn")
            .getBean(GrpcServerLifecycle.class)
            .getPort();
    }

}
