package io.rpcspring.console;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a tab is told of services and types, and messages as JSON.
 */
class DescribedTypesTests {

    private static final ConsoleServer SERVER = ConsoleServer.start(
            List.of(TriedPlaces.class, TriedParcels.class, TriedBookings.class), "spring.application.name=tried",
            "rpc.server.reflection.enabled=true");

    private static final Browser TAB = SERVER.open();

    private static int calls;

    @AfterAll
    static void stop() {
        TAB.close();
        SERVER.close();
    }

    @Test
    void helloHasEveryServiceAndMethod() {
        JsonObject hello = TAB.await("hello");
        assertThat(hello.get("version").getAsInt()).isOne();
        assertThat(hello.get("application").getAsString()).isEqualTo("tried");
        assertThat(hello.get("user").isJsonNull()).isTrue();
        assertThat(hello.get("state").getAsString()).isEqualTo("running");
        assertThat(hello.get("security").isJsonPrimitive()).isTrue();
        assertThat(hello.getAsJsonObject("address").get("text").getAsString()).matches("localhost:\\d+");
        assertThat(hello.getAsJsonObject("address").get("plaintext").getAsBoolean()).isTrue();
        assertThat(hello.getAsJsonObject("address").get("reflection").getAsBoolean()).isTrue();
        assertThat(hello.getAsJsonObject("limits")).hasToString("{\"messageSize\":1048576,\"frameSize\":2162688,"
                + "\"calls\":20,\"credits\":1000,\"waiting\":100,\"board\":500}");
        assertThat(objects(hello.getAsJsonArray("services"))).extracting((service) -> service.get("name").getAsString())
            .containsExactly("bookings.v1.Bookings", "parcels.v1.Parcels", "places.v1.Places", "grpc.health.v1.Health",
                    "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");
        assertThat(objects(hello.getAsJsonArray("services")))
            .extracting((service) -> service.get("framework").getAsBoolean())
            .containsExactly(false, false, false, true, true, true);
        JsonObject places = one(hello.getAsJsonArray("services"), "places.v1.Places");
        assertThat(places.get("java").getAsString()).isEqualTo("io.rpcspring.sample.places.PlacesGrpc");
        assertThat(one(places.getAsJsonArray("methods"), "Within"))
            .hasToString("{\"name\":\"Within\",\"kind\":\"SERVER_STREAMING\",\"comment\":null,\"deprecated\":false,"
                    + "\"idempotent\":false,\"pool\":\"streams\",\"request\":\"places.v1.Area\","
                    + "\"response\":\"places.v1.Place\",\"java\":\"within\"}");
        JsonObject parcels = one(hello.getAsJsonArray("services"), "parcels.v1.Parcels");
        assertThat(one(parcels.getAsJsonArray("methods"), "SendSlowly").get("deprecated").getAsBoolean()).isTrue();
    }

    @Test
    void typesAreDescribedWithAllTheyContain() {
        TAB.send("{'type':'describe','types':['parcels.v1.Parcel']}");
        JsonObject types = TAB.await("types", has("parcels.v1.Parcel")).getAsJsonObject("types");
        assertThat(types.keySet()).contains("parcels.v1.Parcel", "parcels.v1.Parcel.Label", "parcels.v1.Parcel.Speed",
                "google.protobuf.Timestamp", "google.protobuf.Any", "google.protobuf.Struct");
        JsonObject parcel = types.getAsJsonObject("parcels.v1.Parcel");
        assertThat(parcel.get("java").getAsString()).isEqualTo("com.example.parcels.Parcel");
        assertThat(types.getAsJsonObject("parcels.v1.Parcel.Label").get("java").getAsString())
            .isEqualTo("com.example.parcels.Parcel.Label");
        assertThat(parcel.getAsJsonArray("oneofs"))
            .hasToString("[{\"name\":\"to\",\"comment\":null,\"required\":false}]");
        JsonArray fields = parcel.getAsJsonArray("fields");
        assertThat(one(fields, "number")).hasToString("{\"name\":\"number\",\"json\":\"number\",\"number\":1,"
                + "\"type\":\"int64\",\"ref\":null,\"repeated\":false,\"map\":null,\"oneof\":null,\"presence\":false,"
                + "\"required\":false,\"default\":null,\"comment\":null,\"deprecated\":false,\"rules\":[]}");
        assertThat(one(fields, "floor").get("presence").getAsBoolean()).isTrue();
        assertThat(one(fields, "floor").get("oneof").isJsonNull()).isTrue();
        assertThat(one(fields, "inner").get("type").getAsString()).isEqualTo("map");
        assertThat(one(fields, "inner").getAsJsonObject("map"))
            .hasToString("{\"key\":\"string\",\"type\":\"message\",\"ref\":\"parcels.v1.Parcel\"}");
        assertThat(one(fields, "labels").get("repeated").getAsBoolean()).isTrue();
        assertThat(one(fields, "box").get("oneof").getAsString()).isEqualTo("to");
        assertThat(one(fields, "fragile").get("deprecated").getAsBoolean()).isTrue();
        assertThat(one(fields, "speed").get("ref").getAsString()).isEqualTo("parcels.v1.Parcel.Speed");
        JsonObject speed = types.getAsJsonObject("parcels.v1.Parcel.Speed");
        assertThat(speed.get("open").getAsBoolean()).isTrue();
        assertThat(one(speed.getAsJsonArray("values"), "SPEED_FAST").get("number").getAsInt()).isOne();
        assertThat(types.getAsJsonObject("google.protobuf.Timestamp").get("wellKnown").getAsBoolean()).isTrue();
        assertThat(parcel.get("wellKnown").getAsBoolean()).isFalse();
    }

    @Test
    void allTypesAreThoseThatMayStandInAnAny() {
        TAB.send("{'type':'describe','types':['*']}");
        JsonObject types = TAB.await("types", has("google.rpc.BadRequest")).getAsJsonObject("types");
        assertThat(types.keySet())
            .contains("places.v1.Place", "parcels.v1.Parcel", "google.rpc.RetryInfo", "google.protobuf.StringValue")
            .doesNotContain("google.protobuf.DescriptorProto", "buf.validate.FieldRules");
    }

    @Test
    void rulesStandAtTheirFields() {
        TAB.send("{'type':'describe','types':['bookings.v1.Trip']}");
        JsonObject trip = TAB.await("types", has("bookings.v1.Trip"))
            .getAsJsonObject("types")
            .getAsJsonObject("bookings.v1.Trip");
        assertThat(trip.getAsJsonArray("rules")).hasToString("[\"a trip leads elsewhere\"]");
        assertThat(trip.getAsJsonArray("oneofs"))
            .hasToString("[{\"name\":\"payment\",\"comment\":null,\"required\":true}]");
        assertThat(rules(trip, "from")).containsExactly("at least 2 characters", "at most 40 characters");
        assertThat(rules(trip, "to")).containsExactly("required");
        assertThat(rules(trip, "seats")).containsExactly("≤ 9", "≥ 1");
        assertThat(rules(trip, "mail")).containsExactly("email");
        assertThat(rules(trip, "passengers")).containsExactly("at most 100000 items");
        assertThat(rules(trip, "extras")).containsExactly("each value at least 1 character");
        assertThat(rules(trip, "card")).containsExactly("matches ^[0-9]{4}$");
        assertThat(rules(trip, "comfort")).containsExactly("a value of the enum");
        assertThat(rules(trip, "change")).containsExactly("≥ 60s");
        assertThat(rules(trip, "stops")).containsExactly("no item twice", "each at least 1 character");
        assertThat(rules(trip, "note"))
            .containsExactly("size(this) < 200 ? '' : 'a note has fewer than 200 characters'");
    }

    private static List<String> rules(JsonObject type, String field) {
        return StreamSupport
            .stream(one(type.getAsJsonArray("fields"), field).getAsJsonArray("rules").spliterator(), false)
            .map(JsonElement::getAsString)
            .toList();
    }

    @Test
    void templateIsAMessage() {
        TAB.send("{'type':'template','message':'parcels.v1.Parcel'}");
        String json = TAB.await("template", (frame) -> frame.get("message").getAsString().equals("parcels.v1.Parcel"))
            .get("json")
            .getAsString();
        JsonObject template = JsonParser.parseString(json).getAsJsonObject();
        assertThat(template.get("number").getAsString()).isEqualTo("0");
        assertThat(template.get("speed").getAsString()).isEqualTo("SPEED_UNSPECIFIED");
        assertThat(template.has("address")).isTrue();
        assertThat(template.has("box")).isFalse();
        assertThat(template.has("fragile")).isFalse();
        assertThat(template.getAsJsonArray("labels")).hasToString("[{\"text\":\"\",\"placeNumber\":\"0\"}]");
        JsonObject checked = check("parcels.v1.Parcel", json);
        assertThat(checked.getAsJsonArray("problems")).isEmpty();
        assertThat(checked.get("bytes").getAsInt()).isPositive();
    }

    /** As text: a number in JSON would be rounded by a browser. */
    @Test
    void everyValueComesBackExactly() {
        String json = """
                {
                  "number": "-9223372036854775808",
                  "weight": "18446744073709551615",
                  "size": "9007199254740993",
                  "seal": "AP/+",
                  "floor": 0,
                  "speed": "SPEED_FAST",
                  "sent": "2026-12-01T12:00:00.123456789Z",
                  "content": {
                    "@type": "type.googleapis.com/places.v1.Point",
                    "latitude": 1.0,
                    "longitude": 0.1
                  },
                  "notes": {
                    "list": [1.0, "two", null, true],
                    "object": {
                    }
                  },
                  "value": "9007199254740993",
                  "mask": "a,b.cD",
                  "inner": {
                    "the key": {
                      "number": "1"
                    }
                  },
                  "stamps": {
                    "18446744073709551615": "x"
                  },
                  "labels": [{
                    "text": "t",
                    "placeNumber": "-1"
                  }],
                  "box": {
                    "text": "b"
                  },
                  "height": "NaN",
                  "width": "-Infinity"
                }""";
        assertThat(echo(json)).isEqualTo(json);
        assertThat(echo("{\"number\": 9007199254740993, \"place_number\": 1}".replace(", \"place_number\": 1", "")))
            .contains("\"number\": \"9007199254740993\"");
    }

    /** Text is text, whatever a browser might make of it. */
    @ParameterizedTest
    @ValueSource(strings = { "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>",
            "javascript:alert(1)", "</textarea></title><script>x</script>", "{{constructor.constructor('alert(1)')()}}",
            "<!--><iframe src=//evil.example>", "\\u003cscript\\u003e", "&lt;b&gt;", "\u2028\u2029\u0000\u202e" })
    void textComesBackAsItIs(String text) {
        JsonObject parcel = new JsonObject();
        parcel.addProperty("address", text);
        JsonObject inner = new JsonObject();
        inner.add(text, parcel.deepCopy());
        parcel.add("inner", inner);
        assertThat(JsonParser.parseString(echo(parcel.toString()))).isEqualTo(parcel);
    }

    private static String echo(String json) {
        int call = ++calls;
        JsonObject start = new JsonObject();
        start.addProperty("type", "start");
        start.addProperty("call", call);
        start.addProperty("service", "parcels.v1.Parcels");
        start.addProperty("method", "Send");
        start.addProperty("defaults", false);
        start.addProperty("json", json);
        TAB.sendAsItIs(start.toString());
        return TAB.await("message", call).get("json").getAsString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    {"number":"x"}                          | number                    | Not an int64 value: "x"
                    {"floor":3000000000}                    | floor                     | Not an int32 value: 3000000000
                    {"speed":"FASTER"}                      | speed                     | Invalid enum value: "FASTER" for enum type: parcels.v1.Parcel.Speed
                    {"labels":[{},{"place_number":true}]}   | labels[1].place_number    | Not an int64 value: true
                    {"inner":{"a":{"inner":{"b":{"floor":1.5}}}}} | inner["a"].inner["b"].floor | Not an int32 value: 1.5
                    {"sent":"yesterday"}                    | sent                      | Failed to parse timestamp
                    {"content":{"@type":"x/places.v1.Point","latitude":"a"}} | content.latitude | Not a double value: "a"
                    {"content":{"@type":"x/No"}}            | content                   | Cannot resolve type: x/No
                    {"box":{"nme":1}}                       | box.nme | parcels.v1.Parcel.Label has no field 'nme'. Its fields: text, place_number.
                    {"address":"a","box":{}}                | ''                        | Cannot set field
                    7                                       | ''                        | Expect message object but got: 7
                    """)
    void wrongFieldIsFound(String json, String path, String text) {
        JsonArray problems = check("parcels.v1.Parcel", json).getAsJsonArray("problems");
        JsonObject problem = problems.get(0).getAsJsonObject();
        assertThat(problem.get("path").getAsString()).isEqualTo(path);
        assertThat(problem.get("text").getAsString()).startsWith(text);
        assertThat(problem.get("rule").getAsBoolean()).isFalse();
        assertThat(problems).hasSize(1);
    }

    @Test
    void allWrongFieldsAreFoundAtOnce() {
        JsonObject checked = check("parcels.v1.Parcel",
                "{\"number\":\"x\",\"labels\":[{\"place_number\":\"y\"},{\"place_number\":\"z\"}],\"nothing\":1}");
        assertThat(objects(checked.getAsJsonArray("problems"))).extracting((each) -> each.get("path").getAsString())
            .containsExactly("number", "labels[0].place_number", "labels[1].place_number", "nothing");
        assertThat(checked.get("bytes").isJsonNull()).isTrue();
    }

    @Test
    void brokenRulesAreFoundBeforeTheyAreSent() {
        JsonObject checked = check("places.v1.Area", "{\"centre\":{\"latitude\":91}}");
        assertThat(checked.get("bytes").getAsInt()).isEqualTo(11);
        assertThat(checked.getAsJsonArray("problems")).hasToString("[{\"path\":\"centre.latitude\",\"text\":\"must be"
                + " greater than or equal to -90 and less than or equal to 90\",\"rule\":true}]");
    }

    private static JsonObject check(String type, String json) {
        int id = ++calls;
        JsonObject check = new JsonObject();
        check.addProperty("type", "check");
        check.addProperty("id", id);
        check.addProperty("message", type);
        check.addProperty("json", json);
        TAB.sendAsItIs(check.toString());
        return TAB.await("checked", (frame) -> frame.get("id").getAsInt() == id);
    }

    private static Predicate<JsonObject> has(String type) {
        return (frame) -> frame.getAsJsonObject("types").has(type);
    }

    static JsonObject one(JsonArray all, String name) {
        return objects(all).stream()
            .filter((each) -> each.get("name").getAsString().equals(name))
            .findFirst()
            .orElseThrow();
    }

    private static List<JsonObject> objects(JsonArray all) {
        return StreamSupport.stream(all.spliterator(), false).map(JsonElement::getAsJsonObject).toList();
    }

}
