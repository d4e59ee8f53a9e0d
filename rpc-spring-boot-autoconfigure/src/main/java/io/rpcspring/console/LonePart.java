package io.rpcspring.console;

import java.util.Map;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import org.jspecify.annotations.Nullable;

/**
 * Says of a part of a message's JSON why it is wrong, by parsing it with nothing beside.
 *
 * @param parser reads the part
 */
record LonePart(JsonFormat.Parser parser) {

    /** Why a message that has nothing else is none; null if it is one. */
    @Nullable String failure(Descriptor type, String name, JsonElement value) {
        JsonObject alone = new JsonObject();
        alone.add(name, value);
        try {
            this.parser.merge(alone.toString(), DynamicMessage.newBuilder(type));
            return null;
        }
        catch (InvalidProtocolBufferException | RuntimeException ex) {
            return String.valueOf(ex.getMessage());
        }
    }

    @Nullable String failureOfEntry(FieldDescriptor map, String name, Map.Entry<String, JsonElement> entry) {
        JsonObject alone = new JsonObject();
        alone.add(entry.getKey(), entry.getValue());
        return failure(map.getContainingType(), name, alone);
    }

    @Nullable String failureOfItem(FieldDescriptor list, String name, JsonElement item) {
        JsonArray alone = new JsonArray();
        alone.add(item);
        return failure(list.getContainingType(), name, alone);
    }

}
