package io.rpcspring.console;

import java.util.Collection;

import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;

/**
 * Describes types to the page, which makes forms of it.
 *
 * @param comments of the authors
 * @param rules that messages are checked against
 */
record Schema(Comments comments, KnownRules rules) {

    /** The types and all that they contain, by their names. */
    Frame describe(Collection<Descriptor> types) {
        JsonObject described = new JsonObject();
        for (Descriptor type : Types.reachable(types)) {
            described.add(type.getFullName(), describe(type).json());
            for (FieldDescriptor field : type.getFields()) {
                EnumDescriptor values = FieldType.ofContent(field).values();
                if (values != null && !described.has(values.getFullName())) {
                    described.add(values.getFullName(), describe(values).json());
                }
            }
        }
        return Frame.of("types").with("types", described);
    }

    private Frame describe(Descriptor type) {
        return Frame.nameless()
            .with("kind", "message")
            .with("comment", this.comments.of(type.getFullName()))
            .with("deprecated", type.getOptions().getDeprecated())
            .with("java", JavaNames.of(type))
            .with("wellKnown", Types.isWellKnown(type))
            .with("rules", this.rules.ofType().apply(type))
            .with("oneofs", type.getRealOneofs().stream().map(this::describe).toList())
            .with("fields", type.getFields().stream().map(this::describe).toList());
    }

    private Frame describe(OneofDescriptor oneof) {
        return Frame.nameless()
            .with("name", oneof.getName())
            .with("comment", this.comments.of(oneof.getFullName()))
            .with("required", this.rules.required().test(oneof));
    }

    private Frame describe(FieldDescriptor field) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        FieldType type = new FieldType(field);
        return Frame.nameless()
            .with("name", field.getName())
            .with("json", field.getJsonName())
            .with("number", field.getNumber())
            .with("type", type.name())
            .with("ref", type.reference())
            .with("repeated", field.isRepeated() && !field.isMapField())
            .with("map", type.map())
            .with("oneof", (oneof != null) ? oneof.getName() : null)
            .with("presence", field.hasPresence())
            .with("required", field.isRequired())
            .with("default", field.hasDefaultValue() ? String.valueOf(field.getDefaultValue()) : null)
            .with("comment", this.comments.of(field.getFullName()))
            .with("deprecated", field.getOptions().getDeprecated())
            .with("rules", this.rules.ofField().apply(field));
    }

    private Frame describe(EnumDescriptor type) {
        return Frame.nameless()
            .with("kind", "enum")
            .with("comment", this.comments.of(type.getFullName()))
            .with("deprecated", type.getOptions().getDeprecated())
            .with("java", JavaNames.of(type))
            .with("open", !type.isClosed())
            .with("values", type.getValues().stream().map((value) -> describe(type, value)).toList());
    }

    private Frame describe(EnumDescriptor type, EnumValueDescriptor value) {
        return Frame.nameless()
            .with("name", value.getName())
            .with("number", value.getNumber())
            .with("comment", this.comments.of(type.getFullName() + "." + value.getName()))
            .with("deprecated", value.getOptions().getDeprecated());
    }

}
