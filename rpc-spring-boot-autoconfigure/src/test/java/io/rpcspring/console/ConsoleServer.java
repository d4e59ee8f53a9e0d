package io.rpcspring.console;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.Starter;

/**
 * An application with a web server and a console, both on free ports.
 *
 * @param application closed with this
 */
record ConsoleServer(ConfigurableApplicationContext application) implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    static ConsoleServer start(List<Class<?>> beans, String... properties) {
        return new ConsoleServer(builder(beans).run(arguments(properties)));
    }

    static SpringApplicationBuilder builder(List<Class<?>> beans) {
        List<Class<?>> sources = new ArrayList<>(beans);
        sources.add(Application.class);
        return new SpringApplicationBuilder(sources.toArray(Class<?>[]::new));
    }

    static String[] arguments(String... properties) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--rpc.server.port=0",
                "--rpc.console.enabled=true", "--spring.main.banner-mode=off"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        return arguments.toArray(String[]::new);
    }

    int port() {
        return Integer.parseInt(String.valueOf(this.application.getEnvironment().getProperty("local.server.port")));
    }

    <T> T bean(Class<T> type) {
        return this.application.getBean(type);
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Opens a tab that has said hello. */
    Browser open() {
        return Browser.open(this, "/rpc");
    }

    @Override
    public void close() {
        this.application.close();
    }

    /** With nothing but the starter and a web server. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(TomcatServletWebServerAutoConfiguration.class)
    @Import(Starter.class)
    static class Application {

    }

}
