package io.rpcspring.test.fault;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import com.google.protobuf.MessageLite;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import io.rpcspring.server.call.LiveCall;

/**
 * A response that cannot be written: grpc-java then resets the stream, which its API
 * offers no other way to do.
 */
final class ResetMessage implements InvocationHandler {

    private static final String IN_PROCESS = "io.grpc.inprocess.";

    private ResetMessage() {
    }

    /**
     * Resets the stream of a call that has not been answered. Within the JVM there is
     * nothing to be reset: the client is told what it would see.
     */
    @SuppressWarnings("unchecked") // nobody gets to see the message
    static <R> void reset(LiveCall<?, R> call) {
        Object client = call.connection().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (client != null && client.getClass().getName().startsWith(IN_PROCESS)) {
            call.refuse(FaultEnd.RESET.asSent());
            return;
        }
        call.sendHeaders(new Metadata());
        call.sendMessage((R) Proxy.newProxyInstance(ResetMessage.class.getClassLoader(),
                new Class<?>[] { MessageLite.class }, new ResetMessage()));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        throw new Unwritable(FaultEnd.RESET_STREAM);
    }

    /** Needs no stack trace: grpc-java logs it. */
    private static final class Unwritable extends StatusRuntimeException {

        private static final long serialVersionUID = 1L;

        Unwritable(Status status) {
            super(status);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }

    }

}
