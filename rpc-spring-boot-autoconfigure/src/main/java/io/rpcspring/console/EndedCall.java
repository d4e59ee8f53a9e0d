package io.rpcspring.console;

import java.util.Base64;
import java.util.List;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.RpcError;

/**
 * How a call has ended.
 *
 * @param status its status
 * @param trailers what came with it
 */
record EndedCall(Status status, Metadata trailers) {

    Frame frame(Types types, Messages messages) {
        List<Any> details = this.status.isOk() ? List.of()
                : RpcError.from(this.status.asException(this.trailers)).details();
        return Frame.nameless()
            .with("code", this.status.getCode().value())
            .with("name", this.status.getCode().name())
            .with("message", this.status.getDescription())
            .with("details", details.stream().map((detail) -> detail(detail, types, messages)).toList());
    }

    /** What nobody knows is shown as it came. */
    private static Frame detail(Any detail, Types types, Messages messages) {
        String url = detail.getTypeUrl();
        Frame frame = Frame.nameless().with("type", url.substring(url.lastIndexOf('/') + 1));
        Descriptor type = types.findByUrl(url);
        if (type != null) {
            try {
                return frame.with("json", messages.write(DynamicMessage.parseFrom(type, detail.getValue()), false));
            }
            catch (InvalidProtocolBufferException ex) {
                // Shown as bytes.
            }
        }
        return frame.with("base64", Base64.getEncoder().encodeToString(detail.getValue().toByteArray()));
    }

}
