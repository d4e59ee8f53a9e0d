package io.rpcspring.test;

import java.util.List;
import java.util.Set;

import io.grpc.inprocess.InProcessServerBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.transport.InProcessDoor;

/**
 * Prepares the context of a test for gRPC. Tests that are alike share a context, so that
 * a server's name belongs to the context, not to the test.
 *
 * @param kind how the test reaches the server
 * @param services the classes of the services of a slice
 * @param fakes nested classes of the test
 */
record RpcTestContextCustomizer(RpcTestKind kind, Set<Class<?>> services,
        List<Class<?>> fakes) implements ContextCustomizer {

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        AnnotatedBeanDefinitionReader reader = new AnnotatedBeanDefinitionReader((DefaultListableBeanFactory) beans,
                context.getEnvironment());
        this.fakes.forEach(reader::registerBean);
        if (this.kind != RpcTestKind.OTHER) {
            reader.registerBean(RpcTestTools.class);
        }
        RpcTestBeans tested = new RpcTestBeans(beans, this.kind, this.services, reader);
        InProcessRpcServices services = new InProcessRpcServices(beans, tested);
        FakeRpcServers servers = new FakeRpcServers(beans, tested, services);
        String name = (this.kind != RpcTestKind.OTHER) ? openDoor(beans) : null;
        InProcessRpcDetours detours = new InProcessRpcDetours(services, servers, name, new RpcTestReplacements(beans));
        beans.registerSingleton("rpcTestBeans", tested);
        beans.registerSingleton("rpcTestBeanSearch", new RpcTestBeanSearch(tested));
        beans.registerSingleton("rpcTestFakes", servers);
        ((DefaultListableBeanFactory) beans).registerDisposableBean("rpcTestFakes", servers::stop);
        beans.registerSingleton("rpcTestDetours", detours);
        beans.registerSingleton(RpcTestPort.BEAN, new RpcTestPort(beans.getBeanProvider(RpcServer.class)));
        context.addApplicationListener(new RpcTestCheck(context, this.kind, tested, services));
    }

    private static @Nullable String openDoor(ConfigurableListableBeanFactory beans) {
        String name = InProcessServerBuilder.generateName();
        beans.registerSingleton("rpcTestDoor", new InProcessDoor(name, true));
        return name;
    }

}
