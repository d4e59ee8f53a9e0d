package io.rpcspring.console;

import java.util.Locale;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What a form knows of the values that a field takes.
 *
 * @param field any field
 */
record FieldType(FieldDescriptor field) {

    /** Of the values of a map, or else of the field itself. */
    static FieldType ofContent(FieldDescriptor field) {
        return new FieldType(field.isMapField() ? field.getMessageType().findFieldByName("value") : field);
    }

    /** How a message is framed on the wire is nothing to a form. */
    String name() {
        return this.field.isMapField() ? "map" : (this.field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                ? "message" : this.field.getType().name().toLowerCase(Locale.ROOT);
    }

    /** The type that is described elsewhere; null if there is none. */
    @Nullable String reference() {
        return this.field.isMapField() ? null : switch (this.field.getJavaType()) {
            case MESSAGE -> this.field.getMessageType().getFullName();
            case ENUM -> this.field.getEnumType().getFullName();
            default -> null;
        };
    }

    @Nullable EnumDescriptor values() {
        return (this.field.getJavaType() == FieldDescriptor.JavaType.ENUM) ? this.field.getEnumType() : null;
    }

    /** What keys and values a map has; null if it is none. */
    @Nullable Frame map() {
        if (!this.field.isMapField()) {
            return null;
        }
        FieldType value = ofContent(this.field);
        return Frame.nameless()
            .with("key", new FieldType(this.field.getMessageType().findFieldByName("key")).name())
            .with("type", value.name())
            .with("ref", value.reference());
    }

}
