package io.rpcspring.scaleout;

import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.Scaled;

/**
 * The application that is the same wherever its servers are found: only the target and
 * what the registry's client needs to know differ.
 */
@Configuration(proxyBeanMethods = false)
@Import({ Scaled.class, Callers.class })
public class CallingApplication {

    /** The first four are what docs/scaling.md says for calls that may run twice. */
    private static final Map<String, Object> SETTINGS = Map.of("rpc.client.channels.places.retry.max-attempts", 4,
            "rpc.client.channels.places.retry.initial-backoff", "100ms", "rpc.client.channels.places.retry.codes",
            "UNAVAILABLE", "rpc.client.channels.places.retry-throttling.max-tokens", 100, "rpc.server.port", 0,
            "rpc.server.validation.enabled", false);

    /** Says every now and then, in a line, which servers are in use. */
    public static void main(String[] args) throws InterruptedException {
        Callers callers = start(args).getBean(Callers.class);
        while (true) {
            System.out.println("calls: " + callers.answered() + " " + callers.servers() + " " + callers.failures());
            Thread.sleep(20);
        }
    }

    static ConfigurableApplicationContext run(String... properties) {
        return start(Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new));
    }

    private static ConfigurableApplicationContext start(String... args) {
        SpringApplication application = new SpringApplication(CallingApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setDefaultProperties(SETTINGS);
        return application.run(args);
    }

}
