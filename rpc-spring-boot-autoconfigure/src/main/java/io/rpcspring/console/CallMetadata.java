package io.rpcspring.console;

import java.util.Base64;
import java.util.Locale;
import java.util.Set;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.grpc.Metadata;

/**
 * Reads the metadata that people write.
 */
final class CallMetadata {

    /** What gRPC itself writes, which would be there twice. */
    private static final Set<String> OWN = Set.of("grpc-timeout", "grpc-encoding", "grpc-accept-encoding",
            "grpc-status", "grpc-message", "content-type", "te", "user-agent", CallWatch.ID.name());

    private CallMetadata() {
    }

    static Metadata read(JsonArray entries) throws WrongInput {
        Metadata metadata = new Metadata();
        int index = 0;
        for (JsonElement entry : entries) {
            if (!entry.isJsonObject()) {
                throw wrong(index, "", "This is no object with name and value");
            }
            add(new Request(entry.getAsJsonObject()), index++, metadata);
        }
        return metadata;
    }

    private static void add(Request entry, int index, Metadata metadata) throws WrongInput {
        String name = entry.text("name").strip().toLowerCase(Locale.ROOT);
        String value = entry.text("value");
        if (OWN.contains(name)) {
            throw wrong(index, "name", "'" + name + "' is written by gRPC itself"
                    + (name.equals("grpc-timeout") ? ": set the deadline" : ""));
        }
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(binary(name, index), bytes(value, index));
            return;
        }
        if (!value.chars().allMatch((character) -> character >= ' ' && character <= '~')) {
            throw wrong(index, "value", "Only printable ASCII can be sent as text. Other values need a name that ends"
                    + " with -bin, and are written as base64");
        }
        metadata.put(text(name, index), value);
    }

    private static Metadata.Key<String> text(String name, int index) throws WrongInput {
        try {
            return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        }
        catch (IllegalArgumentException ex) {
            throw wrongName(name, index);
        }
    }

    private static Metadata.Key<byte[]> binary(String name, int index) throws WrongInput {
        try {
            return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        }
        catch (IllegalArgumentException ex) {
            throw wrongName(name, index);
        }
    }

    private static byte[] bytes(String value, int index) throws WrongInput {
        try {
            return Base64.getDecoder().decode(value.strip());
        }
        catch (IllegalArgumentException ex) {
            throw wrong(index, "value", "This is no base64: " + ex.getMessage());
        }
    }

    private static WrongInput wrongName(String name, int index) {
        return wrong(index, "name",
                "'" + name + "' is no name: it may have letters, digits, '-', '_' and '.', and must not be empty");
    }

    private static WrongInput wrong(int index, String key, String text) {
        return new WrongInput(WrongInput.Part.METADATA, "[" + index + "]" + (key.isEmpty() ? "" : "." + key), text);
    }

}
