package io.rpcspring.server.registration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import com.netflix.appinfo.InstanceInfo;
import com.netflix.discovery.shared.Application;
import com.netflix.eureka.registry.PeerAwareInstanceRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * A Eureka server, one a JVM, that ends with it.
 */
final class Registry {

    private static @Nullable Registry running;

    private final ConfigurableApplicationContext context;

    private final String url;

    private Registry(int port) {
        this.url = "http://127.0.0.1:" + port + "/eureka/";
        SpringApplication application = new SpringApplication(Server.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        // With its own address as the only peer's it does not look for others.
        this.context = application.run("--server.port=" + port, "--server.address=127.0.0.1",
                "--spring.application.name=registry", "--eureka.instance.hostname=127.0.0.1",
                "--eureka.client.service-url.defaultZone=" + this.url, "--eureka.client.register-with-eureka=false",
                "--eureka.client.enabled=true", "--eureka.client.fetch-registry=false",
                "--eureka.client.jersey.enabled=false", "--eureka.dashboard.enabled=false",
                "--eureka.server.wait-time-in-ms-when-sync-empty=0", "--spring.docker.compose.enabled=false");
    }

    static synchronized Registry running() {
        Registry known = running;
        if (known == null) {
            known = new Registry(freePort());
            running = known;
        }
        return known;
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** What an application needs to know. */
    List<String> properties(String name) {
        return List.of("spring.application.name=" + name, "eureka.instance.instance-id=" + name,
                "eureka.client.enabled=true", "eureka.client.jersey.enabled=false",
                "eureka.client.fetch-registry=false", "eureka.client.instance-info-replication-interval-seconds=1",
                "spring.docker.compose.enabled=false", "eureka.client.service-url.defaultZone=" + this.url);
    }

    /** All but some, in their order, which decides what they find of each other. */
    static String[] autoConfigurations(Pattern others) {
        Class<?>[] all = StreamSupport.stream(ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
            .filter((name) -> !others.matcher(name).find())
            .map((name) -> ClassUtils.resolveClassName(name, null))
            .toArray(Class<?>[]::new);
        return Arrays.stream(Configurations.getClasses(AutoConfigurations.of(all)))
            .map(Class::getName)
            .toArray(String[]::new);
    }

    /** What it knows of an application's only instance. */
    @Nullable InstanceInfo find(String name) {
        Application application = this.context.getBean(PeerAwareInstanceRegistry.class)
            .getApplication(name.toUpperCase(Locale.ROOT));
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
            return autoConfigurations(OTHERS);
        }

    }

}
