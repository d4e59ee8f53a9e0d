package io.rpcspring.server;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Knows the calls in flight: those whose headers have come and whose end has not.
 * <p>
 * Calls of the framework's own services are known apart: a stopping server does not wait
 * for a client that watches its health.
 */
final class LiveCalls extends ServerStreamTracer.Factory implements ServerInterceptor {

    private final Set<LiveCall> calls = ConcurrentHashMap.newKeySet();

    private final Set<LiveCall> ownCalls = ConcurrentHashMap.newKeySet();

    private final Set<String> ownServices;

    LiveCalls(Set<String> ownServices) {
        this.ownServices = ownServices;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        String service = MethodDescriptor.extractFullServiceName(method);
        boolean own = service != null && this.ownServices.contains(service);
        return new LiveCall(method, own ? this.ownCalls : this.calls);
    }

    /**
     * Lets each call be ended from outside.
     * @param pools chooses the pool of each call
     * @return the same choice
     */
    ServerCallExecutorSupplier knowing(ServerCallExecutorSupplier pools) {
        return new ServerCallExecutorSupplier() {

            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
                LiveCall current = LiveCall.current();
                if (current != null) {
                    current.began(call);
                }
                return pools.getExecutor(call, headers);
            }

        };
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LiveCall current = LiveCall.current();
        if (current == null) {
            return next.startCall(call, headers);
        }
        if (current.isEnded()) {
            return new ServerCall.Listener<>() {
            };
        }
        return next.startCall(current.guarded(call), headers);
    }

    int count() {
        return this.calls.size();
    }

    /**
     * Ends the calls that are left.
     * @param status what the clients get
     * @return how many calls there were of each method
     */
    Map<String, Long> end(Status status) {
        List<LiveCall> left = List.copyOf(this.calls);
        left.forEach((call) -> call.end(status));
        return left.stream().collect(Collectors.groupingBy(LiveCall::method, TreeMap::new, Collectors.counting()));
    }

    /**
     * Ends the calls of the framework's own services.
     * @param status what the clients get
     */
    void endOwn(Status status) {
        this.ownCalls.forEach((call) -> call.end(status));
    }

}
