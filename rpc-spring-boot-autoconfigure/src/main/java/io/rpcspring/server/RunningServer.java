package io.rpcspring.server;

import java.util.List;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
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
 * @param services what it serves
 */
record RunningServer(OpenDoors doors, HandlerPools pools, LiveCalls calls, Drain drain, CallChain chain,
        ServedServices services) {

    /** All other threads are daemons, so this one is what keeps the JVM alive. */
    void keepAlive() {
        Thread thread = new Thread(this.doors::awaitEnd, "rpc-server");
        thread.setDaemon(false);
        thread.start();
    }

    /** Returns when the last call has ended, or was cut off. */
    void sayGoodbye() {
        SecondSignal signal = SecondSignal.watch(this.drain::hurry);
        try {
            this.drain.letOthersNotice();
            this.drain.sayGoodbye();
        }
        finally {
            signal.unwatch();
        }
    }

    ServerReport report() {
        Stream<ServerReport.Service> own = this.services.own()
            .stream()
            .map((service) -> service(service.definition().getServiceDescriptor(), service.beanName(),
                    service.interceptors()));
        Stream<ServerReport.Service> framework = this.services.builtIn()
            .stream()
            .map((service) -> service(service.definition().getServiceDescriptor(), null, List.of()));
        return new ServerReport(this.drain.state(), this.doors.names(), this.calls.count(),
                Stream.concat(own, framework).toList());
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
