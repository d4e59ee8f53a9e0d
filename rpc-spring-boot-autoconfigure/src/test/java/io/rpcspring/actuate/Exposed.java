package io.rpcspring.actuate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.Operation;
import org.springframework.boot.actuate.endpoint.OperationFilter;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.ParameterValueMapper;
import org.springframework.boot.actuate.endpoint.jmx.JmxOperation;
import org.springframework.boot.actuate.endpoint.jmx.annotation.JmxEndpointDiscoverer;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpointDiscoverer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.rpcspring.fixture.StarterRunner;

/**
 * The endpoint as Spring Boot finds it and would call it by HTTP and JMX, without a web
 * server: one on the class path would make every application of the tests a web
 * application.
 *
 * @param context of the application
 */
record Exposed(ApplicationContext context) {

    static ApplicationContextRunner runner() {
        return StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=rpc", "rpc.observability.mdc=false",
                    "rpc.server.validation.enabled=false",
                    "rpc.client.channels.places.target=localhost:${local.rpc.server.port}");
    }

    /** As the web calls them: {@code GET rpc/{part}}. */
    List<String> webOperations() {
        return web().stream().map(Exposed::name).sorted().toList();
    }

    List<String> jmxOperations() {
        Map<String, JmxOperation> operations = new TreeMap<>();
        new JmxEndpointDiscoverer(this.context, mapper(), List.of(), List.of(), List.of(byAccess())).getEndpoints()
            .forEach((endpoint) -> endpoint.getOperations()
                .forEach((operation) -> operations.put(operation.getName(), operation)));
        return operations.entrySet()
            .stream()
            .map((operation) -> operation.getKey()
                    + operation.getValue().getParameters().stream().map((parameter) -> parameter.getName()).toList())
            .toList();
    }

    <T> T get(Class<T> type, String path, SecurityContext caller, Object... arguments) {
        return type.cast(Objects.requireNonNull(invoke("GET " + path, caller, arguments)));
    }

    RpcReport report() {
        return get(RpcReport.class, "rpc", SecurityContext.NONE);
    }

    RpcReport.Service service(String name) {
        return Objects.requireNonNull(report().services().get(name));
    }

    RpcReport.Pool pool(String name) {
        return Objects.requireNonNull(report().pools().get(name));
    }

    LiveReport calls() {
        return get(LiveReport.class, "rpc/{part}", SecurityContext.NONE, "part", "calls");
    }

    @Nullable Object post(String kind, String name, String key, Object value) {
        return invoke("POST rpc/{kind}/{name}", SecurityContext.NONE, "kind", kind, "name", name, key, value);
    }

    @Nullable Object invoke(String operation, SecurityContext caller, Object... arguments) {
        Map<String, @Nullable Object> map = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            map.put((String) arguments[i], arguments[i + 1]);
        }
        return web().stream()
            .filter((each) -> name(each).equals(operation))
            .findFirst()
            .orElseThrow()
            .invoke(new InvocationContext(caller, map));
    }

    private List<WebOperation> web() {
        return new WebEndpointDiscoverer(this.context, mapper(), EndpointMediaTypes.DEFAULT, List.of(), List.of(),
                List.of(), List.of(), List.of(byAccess()))
            .getEndpoints()
            .stream()
            .flatMap((endpoint) -> endpoint.getOperations().stream())
            .toList();
    }

    private static String name(WebOperation operation) {
        return operation.getRequestPredicate().getHttpMethod() + " " + operation.getRequestPredicate().getPath();
    }

    private <O extends Operation> OperationFilter<O> byAccess() {
        return OperationFilter.byAccess(this.context.getBean(EndpointAccessResolver.class));
    }

    private ParameterValueMapper mapper() {
        return this.context.getBean(ParameterValueMapper.class);
    }

}
