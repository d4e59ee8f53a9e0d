package io.rpcspring.server.observer;

import org.jspecify.annotations.Nullable;

/**
 * What a service wants to be told of its call. Most want nothing.
 */
final class ServiceHandlers {

    private @Nullable Runnable onReady;

    private @Nullable Runnable onCancel;

    private @Nullable Runnable onClose;

    void setOnReady(Runnable handler) {
        this.onReady = handler;
    }

    void setOnCancel(Runnable handler) {
        this.onCancel = handler;
    }

    void setOnClose(Runnable handler) {
        this.onClose = handler;
    }

    void onReady() {
        tell(this.onReady);
    }

    void onCancel() {
        tell(this.onCancel);
    }

    void onClose() {
        tell(this.onClose);
    }

    private static void tell(@Nullable Runnable handler) {
        if (handler != null) {
            handler.run();
        }
    }

}
