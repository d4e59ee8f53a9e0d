package io.rpcspring.server.handler;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.ReflectableMarshaller;

/**
 * What a gRPC method is in Java: the types of its messages, and how its handler is
 * written.
 *
 * @param rpc the gRPC method
 */
record RpcShape(MethodDescriptor<?, ?> rpc) {

    Class<?> request() {
        return ((ReflectableMarshaller<?>) this.rpc.getRequestMarshaller()).getMessageClass();
    }

    Class<?> response() {
        return ((ReflectableMarshaller<?>) this.rpc.getResponseMarshaller()).getMessageClass();
    }

    /** The signature that fits without anything that is not needed. */
    String handler(String name) {
        String request = request().getSimpleName();
        String response = response().getSimpleName();
        return switch (this.rpc.getType()) {
            case SERVER_STREAMING -> "void " + name + "(" + request + " request, MessageSender<" + response + "> out)";
            case CLIENT_STREAMING -> response + " " + name + "(MessageReceiver<" + request + "> in)";
            case BIDI_STREAMING ->
                "void " + name + "(MessageReceiver<" + request + "> in, MessageSender<" + response + "> out)";
            default -> response + " " + name + "(" + request + " request)";
        };
    }

    /** As the messages describe it. */
    @Override
    public String toString() {
        String kind = switch (this.rpc.getType()) {
            case UNARY -> "unary";
            case SERVER_STREAMING -> "server streaming";
            case CLIENT_STREAMING -> "client streaming";
            case BIDI_STREAMING -> "bidirectional streaming";
            case UNKNOWN -> "of no known kind";
        };
        return kind + " from " + request().getSimpleName() + " to " + response().getSimpleName();
    }

}
