package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.Set;

import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.rpcspring.server.BuiltInService;
import io.rpcspring.server.ErrorSettings;
import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.ScopedInterceptor;
import io.rpcspring.server.ServerSettings;
import io.rpcspring.server.ServiceRegistry;
import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.call.CallRules;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.call.MessageCodecs;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.pool.PoolStatistics.PoolObserver;
import io.rpcspring.server.pool.ThreadLocals;
import io.rpcspring.server.transport.Goodbyes;
import io.rpcspring.server.transport.InProcessDoor;
import io.rpcspring.server.transport.ServerTls;
import io.rpcspring.server.transport.TransportSettings;

/**
 * Serves the beans marked {@code @RpcService}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
final class RpcServerAutoConfiguration {

    @Bean(OwnEvents.SERVER)
    RpcServer rpcServer(ListableBeanFactory beans, RpcServerProperties properties, ServerSettings settings,
            ObjectProvider<BuiltInService> builtIn, ObjectProvider<SslBundles> bundles,
            ObjectProvider<RpcServerCustomizer> customizers, ObjectProvider<TransportSettings.Mesh> mesh,
            ObjectProvider<Goodbyes> goodbyes, ObjectProvider<InProcessDoor> doors,
            ObjectProvider<ServiceRegistry.Selection> selection, ApplicationEventPublisher events) {
        ServiceRegistry registry = new ServiceRegistry(beans, () -> interceptors(beans),
                selection.getIfAvailable(() -> ServiceRegistry.Selection.ALL));
        return new RpcServer(
                registry, builtIn.stream().toList(), properties.doors(tls(properties.ssl(), bundles),
                        mesh.getIfAvailable(), goodbyes.getIfAvailable(), doors.orderedStream().toList()),
                settings, customizers.orderedStream().toList(), events);
    }

    private static @Nullable ServerTls tls(ServerSslProperties ssl, ObjectProvider<SslBundles> bundles) {
        String bundle = ssl.bundle();
        return (bundle != null && ssl.isOn())
                ? new ServerTls(() -> bundles.getIfAvailable(DefaultSslBundleRegistry::new), bundle, ssl.clientAuth())
                : null;
    }

    @Bean
    ServerSettings rpcServerSettings(RpcServerProperties properties, Environment environment, ErrorSettings errors,
            ObjectProvider<Compressor> compressors, ObjectProvider<Decompressor> decompressors,
            ObjectProvider<ThreadLocals> threadLocals, ObjectProvider<MoreThreadLocals> more,
            ObjectProvider<ChainLink> links, ObjectProvider<PoolObserver> poolObserver,
            ObjectProvider<CallRules.EndNote> endNote) {
        MessageCodecs codecs = new MessageCodecs(compressors.orderedStream().toList(),
                decompressors.orderedStream().toList(), properties.responseCompression());
        return new ServerSettings(properties.shutdown().settings(), codecs,
                properties.poolSettings(machine(environment)), properties.servicePools(), properties.requestAhead(),
                properties.interruptCancelled(), errors, MoreThreadLocals.join(threadLocals, more),
                links.orderedStream().toList(), poolObserver.getIfAvailable(() -> PoolObserver.NONE),
                endNote.getIfAvailable());
    }

    @Bean
    ErrorSettings rpcServerErrorSettings(RpcServerProperties properties, ListableBeanFactory beans,
            ObjectProvider<ExceptionMapper> mappers, ObjectProvider<CallFailures.Mapping> others) {
        return new ErrorSettings(properties.limits().forResponses(), properties.errors().statuses(),
                properties.errors().failures(), () -> Advices.in(beans), mappers.orderedStream().toList(),
                others.orderedStream().toList());
    }

    private static PoolProperties.Machine machine(Environment environment) {
        return new PoolProperties.Machine(Runtime.version().feature() >= 21, Threading.VIRTUAL.isActive(environment),
                ClassUtils.isPresent("com.netflix.concurrency.limits.Limit", null));
    }

    private static List<ScopedInterceptor> interceptors(ListableBeanFactory beans) {
        return MarkedInterceptor.find(beans, ServerInterceptor.class, (mark) -> true)
            .stream()
            .map((marked) -> new ScopedInterceptor(marked.beanName(), marked.bean(), Set.of(marked.mark().services())))
            .toList();
    }

    @Bean
    static ApplicationListener<RpcServerStartedEvent> rpcServerPortPublisher(ConfigurableEnvironment environment,
            ApplicationContext context) {
        return new LocalPortPublisher(environment, new OwnEvents(context));
    }

    @Bean
    static ApplicationListener<RpcServerStartedEvent> rpcServerInterceptorCheck(ListableBeanFactory beans) {
        return (event) -> InterceptorCheck.warn(beans, ServerInterceptor.class,
                ", or name its class in @RpcService(interceptors = ...)");
    }

    @Bean
    static ApplicationListener<ContextClosedEvent> rpcReadinessRefusal(ApplicationContext context) {
        return new ReadinessRefusal(context);
    }

}
