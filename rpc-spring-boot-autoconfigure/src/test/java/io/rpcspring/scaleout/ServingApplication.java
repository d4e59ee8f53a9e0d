package io.rpcspring.scaleout;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.NamedPlaces;
import io.rpcspring.fixture.Scaled;

/**
 * A server that can be killed.
 */
@Configuration(proxyBeanMethods = false)
@Import(Scaled.class)
public class ServingApplication {

    static final String NAME = "victim";

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(ServingApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.run(args);
    }

    @Bean
    NamedPlaces places() {
        return new NamedPlaces(NAME);
    }

}
