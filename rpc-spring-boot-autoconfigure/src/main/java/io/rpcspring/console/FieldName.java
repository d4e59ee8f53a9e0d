package io.rpcspring.console;

import java.util.List;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.words.Names;

/**
 * How JSON names a field, which a type need not have.
 *
 * @param type of the message
 * @param name as in the proto or as in JSON
 */
record FieldName(Descriptor type, String name) {

    @Nullable FieldDescriptor find() {
        return this.type.getFields()
            .stream()
            .filter((field) -> field.getName().equals(this.name) || field.getJsonName().equals(this.name))
            .findFirst()
            .orElse(null);
    }

    /** What is said to a person if there is none. */
    String unknown() {
        List<String> fields = this.type.getFields().stream().map(FieldDescriptor::getName).toList();
        return this.type.getFullName() + " has no field '" + this.name + "'. Its fields: "
                + Names.nearestFirst(this.name, fields) + ".";
    }

}
