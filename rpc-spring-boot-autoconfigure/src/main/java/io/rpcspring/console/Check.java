package io.rpcspring.console;

import java.util.List;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;

/**
 * Says whether JSON is a message, while a person writes it.
 *
 * @param messages reads it
 * @param rules that it should keep
 */
record Check(Messages messages, KnownRules rules) {

    Frame of(String json, Descriptor type) {
        try {
            DynamicMessage message = this.messages.read(json, type);
            return Frame.of("checked")
                .with("bytes", message.getSerializedSize())
                .with("json", this.messages.write(message, false))
                .with("problems", this.rules.broken().apply(message).stream().map(KnownRules.Broken::problem).toList());
        }
        catch (WrongInput ex) {
            return wrong(this.messages.problems(json, type));
        }
        catch (InvalidProtocolBufferException ex) {
            return wrong(List.of(new WrongInput(WrongInput.Part.JSON, "", String.valueOf(ex.getMessage()))));
        }
    }

    private static Frame wrong(List<WrongInput> problems) {
        return Frame.of("checked")
            .with("bytes", null)
            .with("json", null)
            .with("problems", problems.stream().map(WrongInput::problem).toList());
    }

}
