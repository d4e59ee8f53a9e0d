package io.rpcspring.server.registration;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import com.netflix.appinfo.InstanceInfo;
import com.netflix.discovery.shared.Application;
import com.netflix.eureka.registry.PeerAwareInstanceRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotationMetadata;

/**
 * A Eureka server, one a JVM, that ends with it.
 */
final class Registry {

    private static @Nullable Registry running;

    private final ConfigurableApplicationContext context;

    private Registry(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static synchronized Registry running() {
        Registry known = running;
        if (known == null) {
            SpringApplication application = new SpringApplication(Server.class);
            application.setWebApplicationType(WebApplicationType.SERVLET);
            known = new Registry(application.run("--server.port=0", "--server.address=127.0.0.1",
                    "--spring.application.name=registry", "--eureka.client.register-with-eureka=false",
                    "--eureka.client.fetch-registry=false", "--logging.level.com.netflix.eureka.cluster=off",
                    "--eureka.client.jersey.enabled=false", "--eureka.dashboard.enabled=false",
                    "--eureka.server.wait-time-in-ms-when-sync-empty=0"));
            running = known;
        }
        return known;
    }

    /** What an application needs to know. */
    List<String> properties(String name) {
        return List.of("spring.application.name=" + name, "eureka.instance.instance-id=" + name,
                "eureka.client.jersey.enabled=false", "eureka.client.fetch-registry=false",
                "eureka.client.instance-info-replication-interval-seconds=1",
                "eureka.client.service-url.defaultZone=http://127.0.0.1:"
                        + Objects.requireNonNull(this.context.getEnvironment().getProperty("local.server.port"))
                        + "/eureka/");
    }

    /** What it knows of an application's only instance. */
    @Nullable InstanceInfo find(String name) {
        Application application = this.context.getBean(PeerAwareInstanceRegistry.class)
            .getApplication(name.toUpperCase());
        return (application != null) ? application.getByInstanceId(name) : null;
    }

    /** Everything that a registry needs. */
    @Configuration(proxyBeanMethods = false)
    @EnableEurekaServer
    @Import(Selector.class)
    static class Server {

    }

    /** Leaves out what other tests have on the class path. */
    static class Selector implements DeferredImportSelector {

        private static final Pattern OTHERS = Pattern
            .compile("rpcspring|security|oauth2|grpc|metrics|observation|tracing|opentelemetry|websocket|actuate"
                    + "|loadbalancer|testcontainers");

        @Override
        public String[] selectImports(AnnotationMetadata importing) {
            return StreamSupport.stream(ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
                .filter((name) -> !OTHERS.matcher(name).find())
                .toArray(String[]::new);
        }

    }

}
