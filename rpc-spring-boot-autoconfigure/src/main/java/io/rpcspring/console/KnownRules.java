package io.rpcspring.console;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;

/**
 * What is known of rules that messages are checked against.
 *
 * @param ofField the rules of a field, for people
 * @param ofType the rules of a whole message, for people
 * @param required whether one field of a oneof must be set
 * @param broken finds the rules that a message breaks
 */
public record KnownRules(Function<FieldDescriptor, List<String>> ofField, Function<Descriptor, List<String>> ofType,
        Predicate<OneofDescriptor> required, Function<Message, List<Broken>> broken) {

    /** Where nothing checks messages. */
    public static final KnownRules NONE = new KnownRules((field) -> List.of(), (type) -> List.of(), (oneof) -> false,
            (message) -> List.of());

    /**
     * A rule that a message breaks.
     *
     * @param path the field; empty for the whole message
     * @param text what is wrong, for people
     */
    public record Broken(String path, String text) {

        Frame problem() {
            return Frame.nameless().with("path", this.path).with("text", this.text).with("rule", true);
        }

    }

}
