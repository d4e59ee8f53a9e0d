package io.rpcspring.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.google.protobuf.AnyProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.StatusProto;
import org.jspecify.annotations.Nullable;

/**
 * All message types that the services speak of, those that any service may send in an
 * {@code Any} among them.
 */
final class Types {

    /** These have a JSON form of their own. */
    private static final Set<String> WELL_KNOWN = Set.of("Any", "Timestamp", "Duration", "FieldMask", "Struct", "Value",
            "ListValue", "Empty", "DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value", "UInt32Value",
            "BoolValue", "StringValue", "BytesValue");

    /** What details of errors are made of, and what stands in an Any everywhere. */
    private static final List<FileDescriptor> COMMON = List.of(ErrorDetailsProto.getDescriptor(),
            StatusProto.getDescriptor(), AnyProto.getDescriptor(), TimestampProto.getDescriptor(),
            DurationProto.getDescriptor(), StructProto.getDescriptor(), WrappersProto.getDescriptor(),
            FieldMaskProto.getDescriptor(), EmptyProto.getDescriptor());

    private static final String PACKAGE = "google.protobuf.";

    private final Map<String, Descriptor> messages = new TreeMap<>();

    /** The files of services and those of their messages. */
    private final Set<FileDescriptor> own = new LinkedHashSet<>();

    Types(Collection<FileDescriptor> files) {
        this.own.addAll(files);
        this.own.addAll(COMMON);
        Queue<FileDescriptor> left = new ArrayDeque<>(this.own);
        Set<FileDescriptor> seen = new LinkedHashSet<>(this.own);
        while (!left.isEmpty()) {
            FileDescriptor file = left.remove();
            file.getMessageTypes().forEach(this::add);
            file.getDependencies().stream().filter(seen::add).forEach(left::add);
        }
    }

    private void add(Descriptor type) {
        if (this.messages.putIfAbsent(type.getFullName(), type) == null) {
            type.getNestedTypes().forEach(this::add);
        }
    }

    static boolean isWellKnown(Descriptor type) {
        return type.getFullName().startsWith(PACKAGE)
                && WELL_KNOWN.contains(type.getFullName().substring(PACKAGE.length()));
    }

    static boolean isAny(Descriptor type) {
        return type.getFullName().equals(PACKAGE + "Any");
    }

    @Nullable Descriptor find(String fullName) {
        return this.messages.get(fullName);
    }

    /** The type of what stands in an Any, by the address that it names. */
    @Nullable Descriptor findByUrl(String url) {
        return find(url.substring(url.lastIndexOf('/') + 1));
    }

    /** All but those that only describe protos. */
    List<Descriptor> all() {
        return this.messages.values()
            .stream()
            .filter((type) -> this.own.contains(type.getFile()) && !type.getOptions().getMapEntry())
            .toList();
    }

    /** The types and all that they contain, each once. */
    static Collection<Descriptor> reachable(Collection<Descriptor> from) {
        Set<Descriptor> reached = new LinkedHashSet<>(from);
        Queue<Descriptor> left = new ArrayDeque<>(from);
        while (!left.isEmpty()) {
            contents(left.remove()).filter(reached::add).forEach(left::add);
        }
        return reached;
    }

    private static Stream<Descriptor> contents(Descriptor type) {
        return type.getFields().stream().flatMap((field) -> {
            FieldDescriptor value = field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
            return (value.getJavaType() == FieldDescriptor.JavaType.MESSAGE) ? Stream.of(value.getMessageType())
                    : Stream.empty();
        });
    }

    JsonFormat.TypeRegistry registry() {
        return JsonFormat.TypeRegistry.newBuilder().add(new ArrayList<>(this.messages.values())).build();
    }

}
