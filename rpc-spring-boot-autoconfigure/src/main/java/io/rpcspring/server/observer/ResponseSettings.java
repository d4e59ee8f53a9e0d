package io.rpcspring.server.observer;

import io.grpc.ServerCall;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * What a service can set and ask beside responding, as with grpc-java's own observer.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class ResponseSettings<Q, R> extends ServerCallStreamObserver<R> {

    private final ServerCall<Q, R> call;

    private final ObserverCall<Q, R> handlers;

    ResponseSettings(ServerCall<Q, R> call, ObserverCall<Q, R> handlers) {
        this.call = call;
        this.handlers = handlers;
    }

    final ServerCall<Q, R> call() {
        return this.call;
    }

    final ObserverCall<Q, R> handlers() {
        return this.handlers;
    }

    @Override
    public boolean isReady() {
        return this.call.isReady();
    }

    @Override
    public void request(int count) {
        this.call.request(count);
    }

    @Override
    public void setMessageCompression(boolean enable) {
        this.call.setMessageCompression(enable);
    }

    @Override
    public void setCompression(String compression) {
        this.call.setCompression(compression);
    }

    @Override
    public void setOnReadyThreshold(int bytes) {
        this.handlers.requireOpen("setOnReadyThreshold");
        this.call.setOnReadyThreshold(bytes);
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        this.handlers.setOnReady(handler);
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        this.handlers.setOnCancel(handler);
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
        this.handlers.setOnClose(handler);
    }

    @Override
    public void disableAutoRequest() {
        this.handlers.disableAutoRequest();
    }

    @Override
    public void disableAutoInboundFlowControl() {
        disableAutoRequest();
    }

}
