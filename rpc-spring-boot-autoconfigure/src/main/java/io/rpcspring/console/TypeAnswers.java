package io.rpcspring.console;

import java.util.List;

import com.google.protobuf.Descriptors.Descriptor;

/**
 * Answers what a page asks of message types: for its forms, and for JSON that a person
 * writes.
 *
 * @param view knows the types
 */
record TypeAnswers(ConsoleView view) {

    Frame describe(Request request) {
        Types types = this.view.catalogue().types();
        List<String> names = request.texts("types");
        return this.view.schema()
            .describe(names.contains("*") ? types.all() : names.stream().map((name) -> type(types, name)).toList());
    }

    Frame template(Request request) {
        String name = request.text("message");
        return Frame.of("template")
            .with("message", name)
            .with("json", Template.of(type(this.view.catalogue().types(), name)));
    }

    Frame check(Request request) {
        Catalogue catalogue = this.view.catalogue();
        return new Check(catalogue.messages(), this.view.schema().rules())
            .of(request.text("json"), type(catalogue.types(), request.text("message")))
            .with("id", request.number("id"));
    }

    private static Descriptor type(Types types, String name) {
        Descriptor type = types.find(name);
        if (type == null) {
            throw new IllegalArgumentException("No message type is called '" + name + "'");
        }
        return type;
    }

}
