package io.rpcspring.server;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;

import io.rpcspring.server.call.CallChain;
import io.rpcspring.server.call.CallReport;
import io.rpcspring.server.call.LiveCalls;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.transport.OpenDoors;

/**
 * A started server and what it alone uses.
 *
 * @param doors where it listens
 * @param pools run its calls
 * @param calls those in flight
 * @param drain how it stops
 * @param chain what its calls pass
 * @param services what the application's beans serve
 * @param builtIn what the framework brings
 */
record RunningServer(OpenDoors doors, HandlerPools pools, LiveCalls calls, Drain drain, CallChain chain,
        Collection<ServedService> services, Collection<BuiltInService> builtIn) {

    ServerReport report() {
        Stream<ServerReport.Service> own = this.services.stream()
            .map((service) -> service(service.definition().getServiceDescriptor(), service.beanName(),
                    service.interceptors()));
        Stream<ServerReport.Service> framework = this.builtIn.stream()
            .map((service) -> service(service.definition().getServiceDescriptor(), null, List.of()));
        return new ServerReport(this.drain.state(), this.doors.names(), this.calls.count(),
                Stream.concat(own, framework).toList());
    }

    List<ServiceDescriptor> descriptors() {
        return Stream
            .concat(this.services.stream().map(ServedService::definition),
                    this.builtIn.stream().map(BuiltInService::definition))
            .map(ServerServiceDefinition::getServiceDescriptor)
            .toList();
    }

    List<CallReport> callReports() {
        return this.calls.reports(this.drain.state() == ServerReport.State.DRAINING);
    }

    private ServerReport.Service service(ServiceDescriptor service, @Nullable String bean,
            List<ServerInterceptor> interceptors) {
        return new ServerReport.Service(service.getName(), bean,
                service.getMethods().stream().map((method) -> method(method, interceptors)).toList());
    }

    private ServerReport.Method method(MethodDescriptor<?, ?> method, List<ServerInterceptor> interceptors) {
        String pool = this.pools.nameOf(method.getFullMethodName());
        return new ServerReport.Method(method.getBareMethodName(), method.getType(),
                pool.equals(HandlerPools.TRANSPORT) ? null : pool,
                this.chain.passed(method, interceptors).stream().map(RunningServer::name).toList());
    }

    /** That of a lambda ends with an address, which says nothing. */
    private static String name(ServerInterceptor interceptor) {
        return AopProxyUtils.ultimateTargetClass(interceptor).getName().replaceFirst("/0x.*", "");
    }

}
