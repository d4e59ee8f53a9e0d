package io.rpcspring.console;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.protobuf.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * A method that can be called with messages of which there are no classes.
 *
 * @param method how it is called
 * @param request the type of its requests
 * @param pool what runs it; null for the transport's own thread
 */
record CalledMethod(MethodDescriptor<DynamicMessage, DynamicMessage> method, Descriptor request,
        @Nullable String pool) {

    static CalledMethod of(MethodDescriptor<?, ?> served, Descriptors.MethodDescriptor proto, @Nullable String pool) {
        return new CalledMethod(MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
            .setType(served.getType())
            .setFullMethodName(served.getFullMethodName())
            .setRequestMarshaller(marshaller(proto.getInputType()))
            .setResponseMarshaller(marshaller(proto.getOutputType()))
            .build(), proto.getInputType(), pool);
    }

    private static Marshaller<DynamicMessage> marshaller(Descriptor type) {
        return ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(type));
    }

    boolean sendsOne() {
        return this.method.getType().clientSendsOneMessage();
    }

    boolean receivesOne() {
        return this.method.getType().serverSendsOneMessage();
    }

}
