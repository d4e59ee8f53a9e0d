package io.rpcspring.console;

import java.util.List;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;

/**
 * Finds out what a comment belongs to: source info has a path of field numbers and
 * indexes from the file down.
 */
final class CommentPath {

    private final List<Integer> path;

    private CommentPath(List<Integer> path) {
        this.path = path;
    }

    /** The names of what the comment at the path is about; none for options and such. */
    static List<String> names(FileDescriptorProto file, List<Integer> path) {
        String start = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
        if (isOf(file, path)) {
            return List.of(start + file.getService(0).getName());
        }
        return (!path.isEmpty() && path.size() % 2 == 0) ? new CommentPath(path).inFile(file, start) : List.of();
    }

    /** What stands above the file is about its service, if that is the only one. */
    private static boolean isOf(FileDescriptorProto file, List<Integer> path) {
        return path.size() == 1 && (path.get(0) == FileDescriptorProto.SYNTAX_FIELD_NUMBER
                || path.get(0) == FileDescriptorProto.EDITION_FIELD_NUMBER) && file.getServiceCount() == 1;
    }

    private List<String> inFile(FileDescriptorProto file, String start) {
        int index = this.path.get(1);
        return switch (this.path.get(0)) {
            case FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER -> inMessage(file.getMessageType(index), start, 2);
            case FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER -> inEnum(file.getEnumType(index), start, 2);
            case FileDescriptorProto.SERVICE_FIELD_NUMBER -> inService(file.getService(index), start);
            default -> List.of();
        };
    }

    private List<String> inService(ServiceDescriptorProto service, String start) {
        String name = start + service.getName();
        if (isEnd(2)) {
            return List.of(name);
        }
        return (isEnd(4) && this.path.get(2) == ServiceDescriptorProto.METHOD_FIELD_NUMBER)
                ? List.of(name + "." + service.getMethod(this.path.get(3)).getName()) : List.of();
    }

    private List<String> inMessage(DescriptorProto type, String start, int depth) {
        String name = start + type.getName();
        if (isEnd(depth)) {
            return List.of(name);
        }
        int index = this.path.get(depth + 1);
        return switch (this.path.get(depth)) {
            case DescriptorProto.NESTED_TYPE_FIELD_NUMBER ->
                inMessage(type.getNestedType(index), name + ".", depth + 2);
            case DescriptorProto.ENUM_TYPE_FIELD_NUMBER -> inEnum(type.getEnumType(index), name + ".", depth + 2);
            case DescriptorProto.FIELD_FIELD_NUMBER -> last(depth, name + "." + type.getField(index).getName());
            case DescriptorProto.ONEOF_DECL_FIELD_NUMBER ->
                last(depth, name + "." + type.getOneofDecl(index).getName());
            default -> List.of();
        };
    }

    private List<String> inEnum(EnumDescriptorProto type, String start, int depth) {
        String name = start + type.getName();
        if (isEnd(depth)) {
            return List.of(name);
        }
        return (this.path.get(depth) == EnumDescriptorProto.VALUE_FIELD_NUMBER)
                ? last(depth, name + "." + type.getValue(this.path.get(depth + 1)).getName()) : List.of();
    }

    private List<String> last(int depth, String name) {
        return isEnd(depth + 2) ? List.of(name) : List.of();
    }

    private boolean isEnd(int depth) {
        return this.path.size() == depth;
    }

}
