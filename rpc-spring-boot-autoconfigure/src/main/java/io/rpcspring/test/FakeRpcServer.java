package io.rpcspring.test;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.grpc.inprocess.InProcessServerBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.core.annotation.AnnotationUtils;

import io.rpcspring.RpcService;
import io.rpcspring.server.ErrorSettings;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerSettings;
import io.rpcspring.server.ServiceRegistry;
import io.rpcspring.server.ShutdownSettings;
import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.call.MessageCodecs;
import io.rpcspring.server.error.FailureSettings;
import io.rpcspring.server.error.OwnStatuses;
import io.rpcspring.server.error.ResponseMetadata;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.pool.PoolStatistics.PoolObserver;
import io.rpcspring.server.transport.Doors;
import io.rpcspring.server.transport.InProcessDoor;
import io.rpcspring.server.transport.TransportLimits;
import io.rpcspring.server.transport.TransportSettings;

/**
 * Serves the fakes of one channel, as a stranger would: without the application's
 * interceptors, advices and security.
 *
 * @param name what the in-process transport finds it by
 * @param server runs
 */
record FakeRpcServer(String name, RpcServer server) {

    private static final TransportSettings TRANSPORT = new TransportSettings(
            new TransportLimits(1000, 20_000, Duration.ofSeconds(8), 1 << 20, 4 << 20, 8 << 10), (builder) -> {
            }, 0, null, null, null);

    static FakeRpcServer start(ConfigurableListableBeanFactory beans, Set<String> fakes, RpcTestBeans tested) {
        String name = InProcessServerBuilder.generateName();
        ServiceRegistry registry = new ServiceRegistry(beans, List::of, new Fakes(fakes, tested));
        RpcServer server = new RpcServer(registry, List.of(),
                new Doors(null, null, null, List.of(new InProcessDoor(name, true)), TRANSPORT), settings(beans),
                List.of(FakeRpcGaps.of(beans, fakes)), (event) -> {
                });
        server.start();
        return new FakeRpcServer(name, server);
    }

    private static ServerSettings settings(ConfigurableListableBeanFactory beans) {
        Collection<PoolSettings> pools = beans.getBeanProvider(ServerSettings.class)
            .stream()
            .map(ServerSettings::pools)
            .findFirst()
            .orElseGet(() -> List.of(pool(HandlerPools.DEFAULT), pool(HandlerPools.STREAMS)));
        ErrorSettings errors = new ErrorSettings(new ResponseMetadata(6 << 10), new OwnStatuses(true),
                new FailureSettings(false, false), () -> Advices.in(new StaticListableBeanFactory()), List.of(),
                List.of());
        return new ServerSettings(new ShutdownSettings(Duration.ZERO, Duration.ZERO),
                new MessageCodecs(List.of(), List.of(), null), pools, Map.of(), 16, true, errors, null, List.of(),
                PoolObserver.NONE, null);
    }

    private static PoolSettings pool(String name) {
        return new PoolSettings(name, PoolSettings.Type.PLATFORM, 200, 1000, Duration.ofSeconds(10), 200);
    }

    /**
     * Finds the fakes of one channel.
     *
     * @param names of their beans
     * @param tested knows their marks
     */
    private record Fakes(Set<String> names, RpcTestBeans tested) implements ServiceRegistry.Selection {

        @Override
        public boolean includes(String beanName) {
            return this.names.contains(beanName);
        }

        @Override
        public @Nullable RpcService mark(String beanName) {
            RpcService mark = this.tested.mark(beanName);
            return (mark != null) ? mark : AnnotationUtils.synthesizeAnnotation(RpcService.class);
        }

        @Override
        public Set<String> marked() {
            return this.names;
        }

    }

}
