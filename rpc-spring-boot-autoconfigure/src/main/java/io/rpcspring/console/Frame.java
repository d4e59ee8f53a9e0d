package io.rpcspring.console;

import java.util.Collection;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that is put together: one of what the server tells a tab, or a part of
 * it.
 *
 * @param json what there is so far
 */
record Frame(JsonObject json) {

    /** Something that is told. */
    static Frame of(String type) {
        return nameless().with("type", type);
    }

    /** A part of something that is told. */
    static Frame nameless() {
        return new Frame(new JsonObject());
    }

    Frame with(String key, @Nullable Object value) {
        this.json.add(key, element(value));
        return this;
    }

    private static JsonElement element(@Nullable Object value) {
        if (value instanceof Frame frame) {
            return frame.json();
        }
        if (value instanceof JsonElement element) {
            return element;
        }
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        }
        if (value instanceof Boolean bool) {
            return new JsonPrimitive(bool);
        }
        if (value instanceof Collection<?> items) {
            JsonArray array = new JsonArray();
            items.forEach((item) -> array.add(element(item)));
            return array;
        }
        return (value != null) ? new JsonPrimitive(value.toString()) : JsonNull.INSTANCE;
    }

    /** As it goes to the tab. */
    @Override
    public String toString() {
        return this.json.toString();
    }

}
