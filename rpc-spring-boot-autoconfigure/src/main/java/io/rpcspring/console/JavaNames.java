package io.rpcspring.console;

import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Names the classes that are generated from protos, as Java source writes them.
 */
final class JavaNames {

    private JavaNames() {
    }

    static String of(ServiceDescriptor service) {
        return inPackage(service.getFile(), service.getName() + "Grpc");
    }

    static String of(Descriptor type) {
        return nested(type, type.getContainingType());
    }

    static String of(EnumDescriptor type) {
        return nested(type, type.getContainingType());
    }

    private static String nested(GenericDescriptor type, @Nullable Descriptor container) {
        if (container != null) {
            return of(container) + "." + type.getName();
        }
        FileDescriptor file = type.getFile();
        return inPackage(file,
                file.getOptions().getJavaMultipleFiles() ? type.getName() : outerClass(file) + "." + type.getName());
    }

    private static String inPackage(FileDescriptor file, String name) {
        FileOptions options = file.getOptions();
        String javaPackage = options.hasJavaPackage() ? options.getJavaPackage() : file.getPackage();
        return javaPackage.isEmpty() ? name : javaPackage + "." + name;
    }

    private static String outerClass(FileDescriptor file) {
        if (file.getOptions().hasJavaOuterClassname()) {
            return file.getOptions().getJavaOuterClassname();
        }
        String path = file.getName();
        String name = camelCase(path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.proto$", ""));
        boolean taken = file.getMessageTypes().stream().anyMatch((type) -> type.getName().equals(name))
                || file.getEnumTypes().stream().anyMatch((type) -> type.getName().equals(name))
                || file.getServices().stream().anyMatch((service) -> service.getName().equals(name));
        return taken ? name + "OuterClass" : name;
    }

    private static String camelCase(String name) {
        StringBuilder camel = new StringBuilder();
        boolean upper = true;
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            if (Character.isLetterOrDigit(character)) {
                camel.append(upper ? Character.toUpperCase(character) : character);
            }
            upper = !Character.isLetter(character);
        }
        return camel.toString();
    }

}
