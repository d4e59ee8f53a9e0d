package io.rpcspring.server.health;

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
 * Speaks gRPC for {@link HealthService}.
 */
final class HealthAnswers extends HealthGrpc.HealthImplBase {

    private final HealthService health;

    private final OwnStatuses statuses;

    HealthAnswers(HealthService health, OwnStatuses statuses) {
        this.health = health;
        this.statuses = statuses;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> response) {
        ServingStatus status = this.health.status(request.getService());
        if (status == ServingStatus.SERVICE_UNKNOWN) {
            response
                .onError(
                        this.statuses
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
        ServerCallStreamObserver<HealthCheckResponse> observer = (ServerCallStreamObserver<HealthCheckResponse>) response;
        HealthWatch watch = new HealthWatch(request.getService(), observer);
        observer.setOnCancelHandler(() -> this.health.unwatch(watch));
        // The server may end the call, too.
        observer.setOnCloseHandler(() -> this.health.unwatch(watch));
        this.health.watch(watch);
    }

    static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

}
