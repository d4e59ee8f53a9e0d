package io.rpcspring.scaleout;

import java.util.List;
import java.util.stream.Stream;

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

    /** What docs/scaling.md says for calls that may run twice. */
    private static final List<String> SETTINGS = List.of("rpc.client.channels.places.retry.max-attempts=4",
            "rpc.client.channels.places.retry.initial-backoff=100ms",
            "rpc.client.channels.places.retry.codes=UNAVAILABLE",
            "rpc.client.channels.places.retry-throttling.max-tokens=100");

    /** Says every now and then, in a line, which servers are in use. */
    public static void main(String[] args) throws InterruptedException {
        Callers callers = run(args).getBean(Callers.class);
        while (true) {
            System.out.println("calls: " + callers.answered() + " " + callers.servers() + " " + callers.failures());
            Thread.sleep(20);
        }
    }

    static ConfigurableApplicationContext run(String... properties) {
        SpringApplication application = new SpringApplication(CallingApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(Stream
            .concat(SETTINGS.stream(), Stream.concat(
                    Stream.of("spring.main.banner-mode=off", "rpc.server.port=0", "rpc.server.validation.enabled=false",
                            "eureka.client.enabled=false", "eureka.client.jersey.enabled=false"),
                    Stream.of(properties)))
            .map((property) -> property.startsWith("--") ? property : "--" + property)
            .toArray(String[]::new));
    }

}
