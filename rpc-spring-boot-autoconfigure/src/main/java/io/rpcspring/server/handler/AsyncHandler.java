package io.rpcspring.server.handler;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses a handler that Spring takes off its call by {@code @Async}.
 * <p>
 * The proxy of such a method returns at once. That is an answer only where it returns a
 * {@link CompletableFuture}: of all other types that handlers have, Spring can make
 * {@code void}, whose call would end with nothing sent, and refuses the others call by
 * call. It finds the annotation as Spring does: also on a superclass, an interface, what
 * is overridden, or another annotation.
 *
 * @param method the method of the bean's class
 * @param type the class of the bean
 */
record AsyncHandler(Method method, Class<?> type) {

    /**
     * Lets only those pass that work.
     * @param handler how messages name the handler
     * @param response the type of the one response; empty if there are many
     * @throws RpcConfigurationException if calls would have no answer
     */
    void requireAnswer(String handler, String response) {
        boolean own = AnnotatedElementUtils.hasAnnotation(this.method, Async.class);
        if (!own && !AnnotatedElementUtils.hasAnnotation(this.type, Async.class)) {
            return;
        }
        if (this.method.getReturnType() != CompletableFuture.class) {
            throw new RpcConfigurationException(
                    handler + " is @Async" + (own ? "" : " because its class is") + ": " + consequence() + ".",
                    "Remove @Async from the " + (own ? "method" : "class")
                            + ": the pool of the call runs the handler on a thread of its own anyway"
                            + (response.isEmpty() ? "." : "; or return CompletableFuture<" + response + ">."));
        }
    }

    private String consequence() {
        return (this.method.getReturnType() == void.class)
                ? "its calls would end with nothing sent, before it has run on another thread"
                : "all of its calls would fail, because Spring makes no " + this.method.getReturnType().getSimpleName()
                        + " of what is still to come";
    }

}
