package io.rpcspring.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.util.JsonFormat;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields that keep JSON from being a message, which the parser does not say: it
 * is given each part alone.
 */
final class WrongField {

    /** So many are told. */
    private static final int MOST = 20;

    private final Types types;

    private final LonePart alone;

    private final List<WrongInput> found = new ArrayList<>();

    /**
     * Has found nothing yet.
     * @param types that may stand in an {@code Any}
     * @param parser reads the parts
     */
    WrongField(Types types, JsonFormat.Parser parser) {
        this.types = types;
        this.alone = new LonePart(parser);
    }

    /** What is wrong, at least one thing, where the parser has said why the whole is. */
    List<WrongInput> in(JsonElement json, Descriptor type, String why) {
        inMessage(json, type, "", why);
        return this.found;
    }

    private void inMessage(JsonElement json, Descriptor type, String path, String why) {
        Descriptor inner = (json instanceof JsonObject object && Types.isAny(type)) ? packed(object) : type;
        if (!(json instanceof JsonObject object) || inner == null || Types.isWellKnown(inner)) {
            add(path, why);
            return;
        }
        int before = this.found.size();
        object.entrySet()
            .stream()
            .filter((member) -> !member.getKey().equals("@type"))
            .forEach((member) -> inMember(member, inner, path));
        if (this.found.size() == before) {
            add(path, why);
        }
    }

    private @Nullable Descriptor packed(JsonObject any) {
        JsonElement url = any.get("@type");
        return (url != null && url.isJsonPrimitive()) ? this.types.findByUrl(url.getAsString()) : null;
    }

    private void inMember(Map.Entry<String, JsonElement> member, Descriptor type, String path) {
        if (this.found.size() >= MOST) {
            return;
        }
        FieldName name = new FieldName(type, member.getKey());
        FieldDescriptor field = name.find();
        if (field == null) {
            add(join(path, member.getKey()), name.unknown());
            return;
        }
        String failure = this.alone.failure(type, member.getKey(), member.getValue());
        if (failure != null) {
            inField(field, member, join(path, field.getName()), failure);
        }
    }

    private void inField(FieldDescriptor field, Map.Entry<String, JsonElement> member, String path, String why) {
        int before = this.found.size();
        if (field.isMapField() && member.getValue() instanceof JsonObject map) {
            map.entrySet().forEach((entry) -> inEntry(field, member.getKey(), entry, path));
        }
        else if (field.isRepeated() && member.getValue() instanceof JsonArray list) {
            for (int i = 0; i < list.size() && this.found.size() < MOST; i++) {
                inItem(field, member.getKey(), list.get(i), path + "[" + i + "]");
            }
        }
        else {
            inValue(field, member.getValue(), path, why);
        }
        if (this.found.size() == before) {
            add(path, why);
        }
    }

    private void inEntry(FieldDescriptor field, String name, Map.Entry<String, JsonElement> entry, String path) {
        String failure = this.alone.failureOfEntry(field, name, entry);
        if (failure != null) {
            inValue(field.getMessageType().findFieldByName("value"), entry.getValue(),
                    path + "[\"" + entry.getKey() + "\"]", failure);
        }
    }

    private void inItem(FieldDescriptor field, String name, JsonElement item, String path) {
        String failure = this.alone.failureOfItem(field, name, item);
        if (failure != null) {
            inValue(field, item, path, failure);
        }
    }

    private void inValue(FieldDescriptor field, JsonElement value, String path, String why) {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            inMessage(value, field.getMessageType(), path, why);
        }
        else {
            add(path, why);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void add(String path, String why) {
        this.found.add(new WrongInput(WrongInput.Part.JSON, path, why));
    }

}
