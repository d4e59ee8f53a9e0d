package io.rpcspring.test;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.grpc.BindableService;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.core.annotation.AnnotatedElementUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.server.ServiceRegistry;

/**
 * Knows which beans of a test serve and which are fakes, as they were before mocks took
 * the place of some.
 */
final class RpcTestBeans implements ServiceRegistry.Selection {

    private static final Log logger = LogFactory.getLog(RpcTest.class);

    private final ConfigurableListableBeanFactory beans;

    private final RpcTestKind kind;

    private final Set<Class<?>> services;

    private final AnnotatedBeanDefinitionReader reader;

    /** By the beans' names. */
    private final Map<String, RpcService> marks = new LinkedHashMap<>();

    /** The channels by the names of the fakes. */
    private final Map<String, String> fakes = new LinkedHashMap<>();

    RpcTestBeans(ConfigurableListableBeanFactory beans, RpcTestKind kind, Set<Class<?>> services,
            AnnotatedBeanDefinitionReader reader) {
        this.beans = beans;
        this.kind = kind;
        this.services = services;
        this.reader = reader;
    }

    /** Adds the services of a slice that Spring has not found where it scans. */
    void addServices() {
        this.services.forEach(RpcTestBeans::requireService);
        this.services.stream()
            .filter((service) -> this.beans.getBeanNamesForType(service, true, false).length == 0)
            .forEach(this.reader::registerBean);
    }

    private static void requireService(Class<?> service) {
        if (!AnnotatedElementUtils.hasAnnotation(service, RpcService.class)) {
            throw new RpcConfigurationException(
                    "@RpcTest names " + service.getName() + ", which is not marked @RpcService.",
                    "Name the class of the bean that serves, not the generated one. If a @Bean method has the mark,"
                            + " leave the class out and write @Import with the class of the method.");
        }
    }

    /** Looks at all beans. */
    void read() {
        for (String beanName : this.beans.getBeanDefinitionNames()) {
            // Nothing that makes beans may be made now.
            FakeRpc fake = this.beans.findAnnotationOnBean(beanName, FakeRpc.class, false);
            if (fake != null) {
                this.fakes.put(beanName, fake.value());
            }
            RpcService mark = this.beans.findAnnotationOnBean(beanName, RpcService.class, false);
            if (mark != null && !ScopedProxyUtils.isScopedTarget(beanName)) {
                this.marks.put(beanName, mark);
            }
        }
        this.fakes.keySet().forEach(this::requireFake);
    }

    private void requireFake(String beanName) {
        if (!this.marks.containsKey(beanName) && !this.beans.isTypeMatch(beanName, BindableService.class)) {
            throw new RpcConfigurationException(
                    "The bean '" + beanName + "' is marked @FakeRpc, but is no gRPC service.",
                    "Mark it @RpcService with the generated class of its service, as in"
                            + " @RpcService(PlacesGrpc.class), or let it extend the generated base class.");
        }
    }

    /** The channels by the names of the fakes that answer them. */
    Map<String, String> fakes() {
        return this.fakes;
    }

    /** Whether the application has a service, itself or in a mock's place. */
    boolean serves() {
        return this.marks.keySet().stream().anyMatch(this::includes);
    }

    @Override
    public boolean includes(String beanName) {
        return !this.fakes.containsKey(beanName);
    }

    @Override
    public @Nullable RpcService mark(String beanName) {
        return this.marks.get(beanName);
    }

    @Override
    public Set<String> marked() {
        return this.marks.keySet();
    }

    @Override
    public void check(Runnable check) {
        try {
            check.run();
        }
        catch (RpcConfigurationException ex) {
            if (this.kind != RpcTestKind.SLICE) {
                throw ex;
            }
            logger.info("Left out of the slice, or wrong: " + ex.description());
        }
    }

}
