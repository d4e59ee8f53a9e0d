package io.rpcspring.validation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import build.buf.validate.ValidateProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;

/**
 * Copies a message type so that its own rules are the only ones far and wide.
 */
final class LoneRules {

    private final Descriptor type;

    private final Map<String, FileDescriptor> copies = new HashMap<>();

    private LoneRules(Descriptor type) {
        this.type = type;
    }

    static Descriptor of(Descriptor type) {
        try {
            LoneRules rules = new LoneRules(type);
            return find(rules.copy(type.getFile()), type);
        }
        catch (DescriptorValidationException ex) {
            throw new IllegalStateException("A proto that was read once cannot be read again", ex);
        }
    }

    private static Descriptor find(FileDescriptor file, Descriptor original) {
        Descriptor outer = original.getContainingType();
        return (outer != null) ? find(file, outer).findNestedTypeByName(original.getName())
                : file.findMessageTypeByName(original.getName());
    }

    private FileDescriptor copy(FileDescriptor file) throws DescriptorValidationException {
        FileDescriptor known = this.copies.get(file.getFullName());
        if (known != null) {
            return known;
        }
        FileDescriptor[] dependencies = file.getDependencies().toArray(FileDescriptor[]::new);
        boolean given = Arrays.asList("google.protobuf", "buf.validate").contains(file.getPackage());
        if (given) {
            return file;
        }
        for (int i = 0; i < dependencies.length; i++) {
            dependencies[i] = copy(dependencies[i]);
        }
        FileDescriptorProto.Builder proto = file.toProto().toBuilder();
        String prefix = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
        proto.getMessageTypeBuilderList().forEach((message) -> clear(message, prefix + message.getName()));
        FileDescriptor copy = FileDescriptor.buildFrom(proto.build(), dependencies);
        this.copies.put(file.getFullName(), copy);
        return copy;
    }

    private void clear(DescriptorProto.Builder message, String name) {
        message.getNestedTypeBuilderList().forEach((nested) -> clear(nested, name + "." + nested.getName()));
        if (name.equals(this.type.getFullName())) {
            return;
        }
        message.setOptions(RuleOptions.known(message.getOptions()).toBuilder().clearExtension(ValidateProto.message));
        message.getOneofDeclBuilderList()
            .forEach((oneof) -> oneof
                .setOptions(RuleOptions.known(oneof.getOptions()).toBuilder().clearExtension(ValidateProto.oneof)));
        message.getFieldBuilderList()
            .forEach((field) -> field
                .setOptions(RuleOptions.known(field.getOptions()).toBuilder().clearExtension(ValidateProto.field)));
    }

}
