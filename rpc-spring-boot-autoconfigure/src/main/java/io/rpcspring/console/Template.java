package io.rpcspring.console;

import java.util.LinkedHashSet;
import java.util.Set;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;

/**
 * Makes an example of a message for people to fill in: each field with a value of its
 * type, the first of each oneof.
 */
final class Template {

    private static final int DEEPEST = 4;

    /** The types that the present one stands in. */
    private final Set<Descriptor> around = new LinkedHashSet<>();

    private Template() {
    }

    static String of(Descriptor type) {
        return new GsonBuilder().setPrettyPrinting()
            .serializeNulls()
            .disableHtmlEscaping()
            .create()
            .toJson(new Template().message(type));
    }

    private JsonElement message(Descriptor type) {
        if (Types.isWellKnown(type)) {
            return wellKnown(type);
        }
        JsonObject message = new JsonObject();
        this.around.add(type);
        type.getFields()
            .stream()
            .filter(this::isShown)
            .forEach((field) -> message.add(field.getJsonName(), field(field)));
        this.around.remove(type);
        return message;
    }

    private boolean isShown(FieldDescriptor field) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        FieldDescriptor value = field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
        boolean fits = value.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                || (this.around.size() < DEEPEST && !this.around.contains(value.getMessageType()));
        return fits && !field.getOptions().getDeprecated() && (oneof == null || oneof.getField(0).equals(field));
    }

    private JsonElement field(FieldDescriptor field) {
        if (field.isMapField()) {
            JsonObject map = new JsonObject();
            JsonElement key = value(field.getMessageType().findFieldByName("key"));
            map.add(key.getAsString().isEmpty() ? "key" : key.getAsString(),
                    value(field.getMessageType().findFieldByName("value")));
            return map;
        }
        if (field.isRepeated()) {
            JsonArray list = new JsonArray();
            list.add(value(field));
            return list;
        }
        return value(field);
    }

    private JsonElement value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message(field.getMessageType());
            case ENUM -> new JsonPrimitive(field.getEnumType().getValues().get(0).getName());
            case BOOLEAN -> new JsonPrimitive(false);
            case STRING, BYTE_STRING -> new JsonPrimitive("");
            case LONG -> new JsonPrimitive("0");
            case INT, FLOAT, DOUBLE -> new JsonPrimitive(0);
        };
    }

    private static JsonElement wellKnown(Descriptor type) {
        return switch (type.getName()) {
            case "Timestamp" -> new JsonPrimitive("2030-01-31T12:00:00Z");
            case "Duration" -> new JsonPrimitive("1.500s");
            case "Struct", "Empty" -> new JsonObject();
            case "ListValue" -> new JsonArray();
            case "BoolValue" -> new JsonPrimitive(false);
            case "FieldMask", "StringValue", "BytesValue" -> new JsonPrimitive("");
            case "Int64Value", "UInt64Value" -> new JsonPrimitive("0");
            case "Int32Value", "UInt32Value", "DoubleValue", "FloatValue" -> new JsonPrimitive(0);
            default -> JsonNull.INSTANCE;
        };
    }

}
