package io.rpcspring.server.health;

import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;

/**
 * Someone who watches the health of a service, and is told of changes only.
 */
final class HealthWatch {

    private final String service;

    private final StreamObserver<HealthCheckResponse> observer;

    /** Guarded by the health service. */
    private ServingStatus told = ServingStatus.UNKNOWN;

    HealthWatch(String service, StreamObserver<HealthCheckResponse> observer) {
        this.service = service;
        this.observer = observer;
    }

    String service() {
        return this.service;
    }

    void tell(ServingStatus status) {
        if (status != this.told) {
            this.told = status;
            this.observer.onNext(HealthAnswers.response(status));
        }
    }

    void end() {
        this.observer.onCompleted();
    }

}
