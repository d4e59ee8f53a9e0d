package io.rpcspring.console;

import java.util.List;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;

/**
 * Something that a tab asks for.
 *
 * @param json as it came
 */
record Request(JsonObject json) {

    /**
     * Reads what came.
     * @throws IllegalArgumentException if it is no JSON object
     */
    static Request read(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return new Request(object);
            }
        }
        catch (JsonParseException ex) {
            throw new IllegalArgumentException("A frame is no JSON: " + ex.getMessage(), ex);
        }
        throw new IllegalArgumentException("A frame is no JSON object");
    }

    String type() {
        return text("type");
    }

    /** A text that must be there. */
    String text(String key) {
        String text = optionalText(key);
        if (text == null) {
            throw new IllegalArgumentException("A frame has no '" + key + "'");
        }
        return text;
    }

    @Nullable String optionalText(String key) {
        JsonElement value = value(key);
        return (value != null) ? primitive(key, value).getAsString() : null;
    }

    /** A whole number that must be there. */
    long number(String key) {
        Long number = optionalNumber(key);
        if (number == null) {
            throw new IllegalArgumentException("A frame has no '" + key + "'");
        }
        return number;
    }

    @Nullable Long optionalNumber(String key) {
        JsonElement value = value(key);
        try {
            return (value != null) ? primitive(key, value).getAsBigDecimal().longValueExact() : null;
        }
        catch (ArithmeticException | NumberFormatException ex) {
            throw new IllegalArgumentException("'" + key + "' of a frame is no whole number", ex);
        }
    }

    boolean flag(String key, boolean otherwise) {
        JsonElement value = value(key);
        return (value != null) ? primitive(key, value).getAsBoolean() : otherwise;
    }

    JsonArray list(String key) {
        JsonElement value = value(key);
        if (value == null) {
            return new JsonArray();
        }
        if (value instanceof JsonArray array) {
            return array;
        }
        throw new IllegalArgumentException("'" + key + "' of a frame is no list");
    }

    List<String> texts(String key) {
        return list(key).asList().stream().map((item) -> primitive(key, item).getAsString()).toList();
    }

    private @Nullable JsonElement value(String key) {
        JsonElement value = this.json.get(key);
        return (value != null && !value.isJsonNull()) ? value : null;
    }

    private static JsonElement primitive(String key, JsonElement value) {
        if (!value.isJsonPrimitive()) {
            throw new IllegalArgumentException("'" + key + "' of a frame is no single value");
        }
        return value;
    }

}
