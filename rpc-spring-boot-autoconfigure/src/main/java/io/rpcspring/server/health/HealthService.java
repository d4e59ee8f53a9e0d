package io.rpcspring.server.health;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.OwnStatuses;

/**
 * Answers {@code grpc.health.v1.Health} from memory: it never blocks.
 * <p>
 * A service is {@code SERVING} if the application is ready, the server is not about to
 * stop, and nothing that was asked for the service says otherwise. The name of the server
 * as a whole is the empty string. Changes reach open {@code Watch} streams at once, on
 * the thread that brings them.
 */
public final class HealthService {

    /** The name of the server as a whole. */
    public static final String OVERALL = "";

    /** Whether each service is well in itself. Guarded by this. */
    private final Map<String, Boolean> well = new TreeMap<>();

    private final CopyOnWriteArrayList<Watcher> watchers = new CopyOnWriteArrayList<>();

    private final OwnStatuses statuses;

    /** Guarded by this. */
    private boolean ready;

    /** Guarded by this. */
    private boolean stopping;

    /**
     * Knows no service yet.
     * @param statuses makes the answer to who asks for one that there is not
     */
    public HealthService(OwnStatuses statuses) {
        this.statuses = statuses;
    }

    /**
     * The server serves.
     * @param services the full names of its services
     * @param are whether they are well as long as nobody says otherwise
     */
    public synchronized void start(Set<String> services, boolean are) {
        this.stopping = false;
        this.well.clear();
        this.well.put(OVERALL, are);
        services.forEach((service) -> this.well.put(service, are));
        tell();
    }

    /**
     * Whether the application takes traffic.
     * @param is whether it does
     */
    public synchronized void ready(boolean is) {
        this.ready = is;
        tell();
    }

    /**
     * Whether a service is well in itself.
     * @param service its full name, or {@link #OVERALL}
     * @param is whether it is
     */
    public synchronized void well(String service, boolean is) {
        this.well.replace(service, is);
        tell();
    }

    /**
     * The server is about to stop: nothing serves, and those who watch see that and are
     * let go.
     */
    public synchronized void stop() {
        this.stopping = true;
        tell();
        this.watchers.forEach((watcher) -> watcher.observer.onCompleted());
        this.watchers.clear();
    }

    /**
     * What the server serves.
     * @return the service, whose methods never block
     */
    public ServerServiceDefinition definition() {
        return new Answers().bindService();
    }

    /**
     * How many watch now.
     * @return the streams that are open
     */
    public int watchers() {
        return this.watchers.size();
    }

    private synchronized void watch(Watcher watcher) {
        this.watchers.add(watcher);
        watcher.tell(status(watcher.service));
    }

    private void tell() {
        this.watchers.forEach((watcher) -> watcher.tell(status(watcher.service)));
    }

    private synchronized ServingStatus status(String service) {
        Boolean is = this.well.get(service);
        if (is == null && !service.equals(OVERALL)) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
        boolean serves = this.ready && !this.stopping && Boolean.TRUE.equals(is);
        return serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    private static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** Speaks gRPC. */
    private final class Answers extends HealthGrpc.HealthImplBase {

        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> response) {
            ServingStatus status = status(request.getService());
            if (status == ServingStatus.SERVICE_UNKNOWN) {
                response.onError(
                        HealthService.this.statuses
                            .of(RpcErrorReason.NOT_SERVED,
                                    Status.NOT_FOUND
                                        .withDescription("No service is called '" + request.getService() + "'"))
                            .asException());
                return;
            }
            response.onNext(response(status));
            response.onCompleted();
        }

        @Override
        public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> response) {
            Watcher watcher = new Watcher(request.getService(),
                    (ServerCallStreamObserver<HealthCheckResponse>) response);
            watcher.observer.setOnCancelHandler(() -> HealthService.this.watchers.remove(watcher));
            // The server may end the call, too.
            watcher.observer.setOnCloseHandler(() -> HealthService.this.watchers.remove(watcher));
            HealthService.this.watch(watcher);
        }

    }

    /**
     * Someone who watches a service.
     */
    private static final class Watcher {

        private final String service;

        private final ServerCallStreamObserver<HealthCheckResponse> observer;

        /** Guarded by the health service. */
        private ServingStatus told = ServingStatus.UNKNOWN;

        private Watcher(String service, ServerCallStreamObserver<HealthCheckResponse> observer) {
            this.service = service;
            this.observer = observer;
        }

        private void tell(ServingStatus status) {
            if (status != this.told) {
                this.told = status;
                this.observer.onNext(response(status));
            }
        }

    }

}
