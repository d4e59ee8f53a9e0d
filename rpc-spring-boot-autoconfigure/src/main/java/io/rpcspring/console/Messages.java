package io.rpcspring.console;

import java.util.List;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;

/**
 * Makes messages of JSON, and JSON of messages.
 */
final class Messages {

    private final Types types;

    private final JsonFormat.Parser parser;

    private final JsonFormat.Printer brief;

    private final JsonFormat.Printer full;

    Messages(Types types) {
        JsonFormat.TypeRegistry registry = types.registry();
        this.types = types;
        this.parser = JsonFormat.parser().usingTypeRegistry(registry);
        this.brief = JsonFormat.printer().usingTypeRegistry(registry);
        this.full = this.brief.alwaysPrintFieldsWithNoPresence();
    }

    /**
     * Reads a message.
     * @throws WrongInput if it is none of this type; with the first field that is wrong
     */
    DynamicMessage read(String json, Descriptor type) throws WrongInput {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            this.parser.merge(json, message);
            return message.build();
        }
        catch (InvalidProtocolBufferException | RuntimeException ex) {
            throw problems(json, type, String.valueOf(ex.getMessage())).get(0);
        }
    }

    /** All fields for which JSON is no message; none if it is one. */
    List<WrongInput> problems(String json, Descriptor type) {
        try {
            read(json, type);
            return List.of();
        }
        catch (WrongInput ex) {
            return problems(json, type, String.valueOf(ex.getMessage()));
        }
    }

    private List<WrongInput> problems(String json, Descriptor type, String why) {
        try {
            return new WrongField(this.types, this.parser).in(JsonParser.parseString(json), type, why);
        }
        catch (JsonParseException ex) {
            return List.of(new WrongInput(WrongInput.Part.JSON, "", "This is no JSON: " + ex.getMessage()));
        }
    }

    /**
     * Writes a message.
     * @param defaults whether fields are there that have their default value
     * @throws InvalidProtocolBufferException if it has an {@code Any} of a type that
     * nobody knows
     */
    String write(Message message, boolean defaults) throws InvalidProtocolBufferException {
        return (defaults ? this.full : this.brief).print(message);
    }

}
