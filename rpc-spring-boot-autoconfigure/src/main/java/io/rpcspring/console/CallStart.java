package io.rpcspring.console;

import java.time.Duration;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call as a person wants it, with all that it needs.
 *
 * @param number how the tab calls it
 * @param method what is called
 * @param headers what is sent before the messages
 * @param options how long it may take
 * @param credits how many responses may come at first
 * @param first the first request, if there is one at the start
 * @param format how messages are read and written
 */
record CallStart(long number, CalledMethod method, Metadata headers, CallOptions options, long credits,
        @Nullable DynamicMessage first, Format format) {

    private static final long LONGEST = 366L * 24 * 60 * 60 * 1000;

    /**
     * Reads what a tab wants.
     * @throws WrongInput if it is not to be had
     */
    static CallStart read(Request request, Catalogue catalogue, int messageSize) throws WrongInput {
        CalledMethod method = catalogue.method(request.text("service"), request.text("method"));
        Metadata headers = CallMetadata.read(request.list("metadata"));
        Format format = new Format(catalogue, request.flag("defaults", true), messageSize);
        String json = request.optionalText("json");
        if (json == null && method.sendsOne()) {
            throw new WrongInput(WrongInput.Part.JSON, "", "This method takes one message, which is missing");
        }
        return new CallStart(request.number("call"), method, headers, options(request), credits(request, method),
                (json != null) ? format.read(json, method) : null, format);
    }

    private static CallOptions options(Request request) throws WrongInput {
        Long millis = request.optionalNumber("deadline");
        if (millis == null) {
            return CallOptions.DEFAULT;
        }
        if (millis < 1 || millis > LONGEST) {
            throw new WrongInput(WrongInput.Part.DEADLINE, "",
                    "A deadline is from 1 ms to a year, " + LONGEST + " ms. Leave it empty for none");
        }
        return CallOptions.DEFAULT.withDeadlineAfter(Duration.ofMillis(millis));
    }

    /** A second response to a method that has one is an error that is to be seen. */
    private static long credits(Request request, CalledMethod method) throws WrongInput {
        Long asked = request.optionalNumber("credits");
        if (method.receivesOne()) {
            return 2;
        }
        if (asked == null || asked < 0) {
            throw new WrongInput(WrongInput.Part.CREDITS, "", "A stream needs to know how many responses may come");
        }
        return asked;
    }

    DynamicMessage read(String json) throws WrongInput {
        return this.format.read(json, this.method);
    }

    String write(DynamicMessage response) throws InvalidProtocolBufferException {
        return this.format.catalogue().messages().write(response, this.format.defaults());
    }

    boolean isTooLarge(int size) {
        return size > this.format.messageSize();
    }

    Frame end(Status status, Metadata trailers) {
        Catalogue catalogue = this.format.catalogue();
        return new EndedCall(status, trailers).frame(catalogue.types(), catalogue.messages());
    }

    /**
     * How messages are read and written.
     *
     * @param catalogue knows the types
     * @param defaults whether responses show fields that have their default value
     * @param messageSize how long the JSON of a message is at most
     */
    record Format(Catalogue catalogue, boolean defaults, int messageSize) {

        private DynamicMessage read(String json, CalledMethod method) throws WrongInput {
            if (json.length() > this.messageSize) {
                throw new WrongInput(WrongInput.Part.JSON, "", "The message has " + json.length()
                        + " characters of JSON, and rpc.console.limits.message-size allows " + this.messageSize);
            }
            return this.catalogue.messages().read(json, method.request());
        }

    }

}
