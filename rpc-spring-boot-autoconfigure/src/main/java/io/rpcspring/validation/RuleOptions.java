package io.rpcspring.validation;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;

import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.GeneratedMessage.ExtendableMessage;
import com.google.protobuf.InvalidProtocolBufferException;

/**
 * Reads what protos say about rules, without compiling them.
 */
final class RuleOptions {

    private static final ExtensionRegistry EXTENSIONS = ExtensionRegistry.newInstance();

    static {
        EXTENSIONS.add(ValidateProto.message);
        EXTENSIONS.add(ValidateProto.oneof);
        EXTENSIONS.add(ValidateProto.field);
    }

    private RuleOptions() {
    }

    /** The type and the types of all that it contains, each once. */
    static Set<Descriptor> reachable(Descriptor type) {
        Set<Descriptor> reached = new LinkedHashSet<>(Set.of(type));
        Queue<Descriptor> left = new ArrayDeque<>(reached);
        while (!left.isEmpty()) {
            for (FieldDescriptor field : left.remove().getFields()) {
                if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && reached.add(field.getMessageType())) {
                    left.add(field.getMessageType());
                }
            }
        }
        return reached;
    }

    /** Whether rules stand in the type itself. */
    static boolean standIn(Descriptor type) {
        return known(type.getOptions()).hasExtension(ValidateProto.message)
                || type.getOneofs()
                    .stream()
                    .anyMatch((oneof) -> known(oneof.getOptions()).hasExtension(ValidateProto.oneof))
                || type.getFields()
                    .stream()
                    .anyMatch((field) -> known(field.getOptions()).hasExtension(ValidateProto.field));
    }

    /** The rules of a field, and those of the items, keys and values within it. */
    static Stream<FieldRules> of(FieldDescriptor field) {
        return withInner(known(field.getOptions()).getExtension(ValidateProto.field));
    }

    private static Stream<FieldRules> withInner(FieldRules rules) {
        Stream<FieldRules> inner = switch (rules.getTypeCase()) {
            case REPEATED -> Stream.of(rules.getRepeated().getItems());
            case MAP -> Stream.of(rules.getMap().getKeys(), rules.getMap().getValues());
            default -> Stream.empty();
        };
        return Stream.concat(Stream.of(rules), inner.flatMap(RuleOptions::withInner));
    }

    /** Code that was generated without the rules at hand has them as unknown fields. */
    @SuppressWarnings("unchecked") // the parser of a type makes this type
    static <O extends ExtendableMessage<O>> O known(O options) {
        try {
            return (O) options.getParserForType().parseFrom(options.toByteString(), EXTENSIONS);
        }
        catch (InvalidProtocolBufferException ex) {
            throw new IllegalStateException("Options that were read once cannot be read again", ex);
        }
    }

}
