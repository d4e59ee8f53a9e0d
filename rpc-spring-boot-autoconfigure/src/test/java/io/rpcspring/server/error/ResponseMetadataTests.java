package io.rpcspring.server.error;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.InternalMetadata;
import io.grpc.InternalStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.fixture.OwnLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is too long for clients is cut to exactly what they accept. Sizes are measured on
 * what grpc-java itself would send.
 */
@ExtendWith(OutputCaptureExtension.class)
class ResponseMetadataTests {

    private static final String METHOD = "places.v1.Places/Find";

    private static final int LIMIT = 6144;

    /** A character of the text may have 12 bytes as sent. */
    private static final int ALMOST = LIMIT - 12;

    private static final Metadata.Key<byte[]> DETAILS = Metadata.Key.of("grpc-status-details-bin",
            Metadata.BINARY_BYTE_MARSHALLER);

    private static final Metadata.Key<String> PUSHBACK = ascii("grpc-retry-pushback-ms");

    private final ResponseMetadata responses = new ResponseMetadata(LIMIT);

    private final Metadata trailers = new Metadata();

    static Stream<String> longTexts() {
        return Stream.of("地".repeat(900), "🚀".repeat(1000), "a" + "🚀".repeat(1000), "ab" + "👩‍🚀".repeat(500),
                "ä".repeat(2000), "a".repeat(9000), "%".repeat(3000), "\n".repeat(3000), "~".repeat(3000),
                "\ud83d".repeat(7000), "a\u0000\r\n\t%~é地🚀".repeat(300), "a".repeat(5_000_000));
    }

    @ParameterizedTest
    @MethodSource("longTexts")
    void longTextIsCutAtACodePoint(String text) {
        Status fitted = fit(text);
        String kept = String.valueOf(fitted.getDescription());
        assertThat(fitted.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(sent(fitted)).isBetween(ALMOST, LIMIT);
        assertThat(kept).endsWith("… (shortened)");
        kept = kept.substring(0, kept.indexOf('…'));
        assertThat(text).startsWith(kept);
        assertThat(kept.codePointCount(0, kept.length()))
            .isEqualTo(text.substring(0, kept.length()).codePoints().count());
        assertThat(Character.isLowSurrogate(text.charAt(kept.length()))
                && Character.isHighSurrogate(text.charAt(kept.length() - 1)))
            .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "a", "ä", "地", "🚀", "%", "~", "\n", "\ud83d" })
    void whatFitsExactlyStaysAndOneByteMoreIsCut(String last) {
        Status rest = status(last);
        String text = "a".repeat(LIMIT - sent(rest)) + last;
        Status whole = status(text);
        assertThat(sent(whole)).isEqualTo(LIMIT);
        assertThat(this.responses.fitStatus(METHOD, whole, this.trailers)).isSameAs(whole);
        assertThat(sent(fit("a" + text))).isBetween(ALMOST, LIMIT);
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, 2, 3 })
    void trailersThatFitExactlyStayAndOneByteMoreGoes(int binary) {
        Metadata.Key<byte[]> bytes = Metadata.Key.of("x-a-bin", Metadata.BINARY_BYTE_MARSHALLER);
        this.trailers.put(bytes, new byte[binary]);
        this.trailers.put(ascii("x-b"), "");
        String value = "v".repeat(LIMIT - sent(status("text")));
        this.trailers.removeAll(ascii("x-b"));
        this.trailers.put(ascii("x-b"), value);
        Status status = status("text");
        assertThat(sent(status)).isEqualTo(LIMIT);
        assertThat(this.responses.fitStatus(METHOD, status, this.trailers)).isSameAs(status);
        assertThat(this.trailers.keys()).containsExactlyInAnyOrder("x-a-bin", "x-b");
        Status longer = status("text+");
        assertThat(this.responses.fitStatus(METHOD, longer, this.trailers)).isSameAs(longer);
        assertThat(this.trailers.keys()).containsExactly("x-a-bin");
    }

    @Test
    void callWithoutTextAndTrailersIsLeftAlone(CapturedOutput output) {
        assertThat(this.responses.fitStatus(METHOD, Status.OK, this.trailers)).isSameAs(Status.OK);
        this.responses.fitHeaders(METHOD, this.trailers);
        assertThat(OwnLog.of(output)).isEmpty();
    }

    @Test
    void largestTrailersGoFirstAndOnlyAsManyAsMust() {
        Random random = new Random(42);
        for (int i = 0; i < 200; i++) {
            this.trailers.put(ascii("x-" + i), "v".repeat(random.nextInt(100)));
        }
        Metadata before = copy();
        Status status = status("text");
        assertThat(this.responses.fitStatus(METHOD, status, this.trailers)).isSameAs(status);
        assertThat(sent(status)).isBetween(LIMIT - 150, LIMIT);
        int longest = this.trailers.keys().stream().mapToInt((name) -> length(before, name)).max().orElseThrow();
        assertThat(before.keys()).filteredOn((name) -> !this.trailers.keys().contains(name))
            .isNotEmpty()
            .allSatisfy((name) -> assertThat(length(before, name) + name.length())
                .isGreaterThanOrEqualTo(longest + "x-1".length()));
    }

    @Test
    void valuesOfANameStayOrGoTogether() {
        for (int i = 0; i < 100; i++) {
            this.trailers.put(ascii("x-list"), "value " + i);
        }
        this.trailers.put(ascii("x-one"), "v".repeat(2000));
        this.responses.fitStatus(METHOD, status("text"), this.trailers);
        assertThat(this.trailers.keys()).containsExactly("x-one");
        this.trailers.put(ascii("x-list"), "v".repeat(1000));
        this.trailers.put(ascii("x-list"), "v".repeat(900));
        this.trailers.put(ascii("x-large"), "v".repeat(3000));
        this.responses.fitStatus(METHOD, status("text"), this.trailers);
        assertThat(this.trailers.keys()).containsExactlyInAnyOrder("x-one", "x-list");
        assertThat(this.trailers.getAll(ascii("x-list"))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = { "x-huge", "x-huge-bin" })
    void hugeTrailerTakesNothingElseAlong(String name) {
        this.trailers.put(key(name), "v".repeat(4600).getBytes(StandardCharsets.US_ASCII));
        this.trailers.put(ascii("x-small"), "small");
        this.trailers.put(PUSHBACK, "500");
        details(ErrorInfo.newBuilder().setReason("FULL").build());
        Status status = status("a".repeat(1500));
        assertThat(this.responses.fitStatus(METHOD, status, this.trailers)).isSameAs(status);
        assertThat(this.trailers.keys()).containsExactlyInAnyOrder("x-small", PUSHBACK.name(), DETAILS.name());
        assertThat(this.trailers.get(PUSHBACK)).isEqualTo("500");
    }

    @Test
    void textThatCannotStayWholeTakesNothingElseAlong() throws Exception {
        this.trailers.put(ascii("x-small"), "small");
        this.trailers.put(PUSHBACK, "500");
        details("ä".repeat(2000), ErrorInfo.newBuilder().setReason("FULL").build());
        Status fitted = fit("ä".repeat(2000));
        assertThat(sent(fitted)).isBetween(ALMOST, LIMIT);
        assertThat(fitted.getDescription()).matches("ä{400,}… \\(shortened\\)");
        assertThat(this.trailers.keys()).containsExactlyInAnyOrder("x-small", PUSHBACK.name(), DETAILS.name());
        com.google.rpc.Status details = com.google.rpc.Status.parseFrom(this.trailers.get(DETAILS));
        assertThat(details.getCode()).isEqualTo(16);
        assertThat(details.getMessage()).matches("ä{400,}… \\(shortened\\)");
        assertThat(details.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("FULL");
    }

    @Test
    void detailsGoBeforeOtherTrailersAndTrailersBeforeTheText() {
        this.trailers.put(ascii("x-a"), "v".repeat(2000));
        details(large(2000));
        Status status = status("a".repeat(3000));
        assertThat(this.responses.fitStatus(METHOD, status, this.trailers)).isSameAs(status);
        assertThat(this.trailers.keys()).containsExactly("x-a");
        Status longer = status("a".repeat(5000));
        assertThat(this.responses.fitStatus(METHOD, longer, this.trailers)).isSameAs(longer);
        assertThat(this.trailers.keys()).isEmpty();
    }

    @Test
    void largestDetailsGoFirst() throws Exception {
        ErrorInfo small = ErrorInfo.newBuilder().setReason("FULL").build();
        details("a".repeat(1000), large(3000), small, large(1000));
        Status status = status("a".repeat(1000));
        assertThat(this.responses.fitStatus(METHOD, status, this.trailers)).isSameAs(status);
        com.google.rpc.Status details = com.google.rpc.Status.parseFrom(this.trailers.get(DETAILS));
        assertThat(details.getCode()).isEqualTo(16);
        assertThat(details.getMessage()).isEqualTo("a".repeat(1000));
        assertThat(details.getDetailsList()).containsExactly(Any.pack(small), Any.pack(large(1000)));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "no protobuf", "\u001a\u00ff", "\u0008\u0010\u0012", "\u001f" })
    void detailsThatAreNoStatusGoWhole(String start) {
        byte[] nonsense = (start + "\u00ff".repeat(5000)).getBytes(StandardCharsets.ISO_8859_1);
        this.trailers.put(DETAILS, nonsense);
        Status status = status("text");
        assertThat(this.responses.fitStatus(METHOD, status, this.trailers)).isSameAs(status);
        assertThat(this.trailers.keys()).isEmpty();
    }

    @Test
    void unknownFieldsOfDetailsStay() throws Exception {
        ErrorInfo small = ErrorInfo.newBuilder().setReason("FULL").build();
        com.google.rpc.Status known = com.google.rpc.Status.newBuilder()
            .setCode(-1)
            .addDetails(Any.pack(small))
            .addDetails(Any.pack(large(5000)))
            .build();
        byte[] unknown = { 32, (byte) 0xff, 1, 41, 1, 2, 3, 4, 5, 6, 7, 8, 53, 1, 2, 3, 4, 58, 2, 9, 9 };
        this.trailers.put(DETAILS, known.toByteString().concat(ByteString.copyFrom(unknown)).toByteArray());
        this.responses.fitStatus(METHOD, status("text"), this.trailers);
        com.google.rpc.Status cut = com.google.rpc.Status.parseFrom(this.trailers.get(DETAILS));
        assertThat(cut.getCode()).isEqualTo(-1);
        assertThat(cut.getDetailsList()).containsExactly(Any.pack(small));
        assertThat(cut.getUnknownFields().toByteArray()).isEqualTo(unknown);
    }

    @Test
    void codeArrivesEvenIfReservedNamesAreMisused() {
        this.trailers.put(ascii("grpc-misused"), "v".repeat(9000));
        this.trailers.put(PUSHBACK, "500");
        Status fitted = fit("a".repeat(9000));
        assertThat(sent(fitted)).isBetween(ALMOST, LIMIT);
        assertThat(this.trailers.keys()).containsExactly(PUSHBACK.name());
    }

    @Test
    void nameThatGrpcHasNoKeyForStaysAndTheRestFits() {
        byte[] name = "x!y".getBytes(StandardCharsets.US_ASCII);
        byte[] value = "v".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        Metadata passedOn = InternalMetadata.newMetadata(name, value);
        passedOn.put(ascii("x-a"), "v".repeat(2000));
        Status fitted = this.responses.fitStatus(METHOD, status("a".repeat(2000)), passedOn);
        assertThat(sent(fitted, passedOn)).isBetween(ALMOST, LIMIT);
        assertThat(passedOn.keys()).containsExactly("x!y");
        Status none = this.responses.fitStatus(METHOD, status("a".repeat(2000)),
                InternalMetadata.newMetadata(name, "v".repeat(9000).getBytes(StandardCharsets.US_ASCII)));
        assertThat(none.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(none.getDescription()).isNull();
    }

    @Test
    void leastBoundHasRoomForATextThatSaysThatItWasCut() {
        Status fitted = new ResponseMetadata(1024).fitStatus(METHOD, status("a".repeat(9000)), this.trailers);
        assertThat(fitted.getDescription()).matches("a{800,}… \\(shortened\\)");
        assertThat(sent(fitted)).isEqualTo(1024);
        assertThatIllegalArgumentException().isThrownBy(() -> new ResponseMetadata(1023))
            .withMessage("A status has no room in 1023 bytes");
    }

    @Test
    void largestHeadersGoFirst(CapturedOutput output) {
        this.trailers.put(ascii("x-small"), "small");
        this.trailers.put(ascii("x-large"), "secret".repeat(1000));
        this.responses.fitHeaders(METHOD, this.trailers);
        assertThat(this.trailers.keys()).containsExactly("x-small");
        assertThat(output)
            .contains("The headers of " + METHOD
                    + " would take 6346 bytes, and rpc.server.limits.response-metadata-size is 6144. Left out: x-large")
            .doesNotContain("secret");
    }

    @Test
    void headersThatFitExactlyStay() {
        this.trailers.put(ascii("x-large"), "v".repeat(LIMIT - (int) HeaderSize.HEADERS - 32 - "x-large".length()));
        this.responses.fitHeaders(METHOD, this.trailers);
        assertThat(this.trailers.keys()).containsExactly("x-large");
        this.trailers.put(ascii("x"), "");
        this.responses.fitHeaders(METHOD, this.trailers);
        assertThat(this.trailers.keys()).containsExactly("x");
    }

    @Test
    void whatWentIsWarnedOfOnceAMinuteAndTheWholeIsForDebug(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(ResponseMetadata.class.getName(), LogLevel.INFO);
        for (int i = 0; i < 12; i++) {
            this.trailers.put(ascii("x-" + (char) ('a' + i)), "secret".repeat(1200 - i));
        }
        fit("a".repeat(9000) + "end");
        fit("a".repeat(9000) + "end");
        assertThat(OwnLog.of(output)).containsOnlyOnce("WARN");
        assertThat(output)
            .containsPattern("The end of " + METHOD + " would take \\d+ bytes, and "
                    + "rpc.server.limits.response-metadata-size is 6144. Left out: x-a, x-b, x-c, x-d, x-e, x-f, x-g, "
                    + "x-h, x-i, x-j and 3 more\\R")
            .doesNotContain("secret")
            .doesNotContain("aaa");
        logging.setLogLevel(ResponseMetadata.class.getName(), LogLevel.DEBUG);
        this.trailers.put(ascii("x-a"), "secret".repeat(1000));
        fit("a".repeat(9000) + "end");
        logging.setLogLevel(ResponseMetadata.class.getName(), null);
        assertThat(output)
            .contains("The whole end of " + METHOD + ": UNAUTHENTICATED: " + "a".repeat(9000) + "end, trailers [x-a]")
            .doesNotContain("secret");
    }

    private Status fit(String text) {
        return this.responses.fitStatus(METHOD, status(text), this.trailers);
    }

    private static Status status(String text) {
        return Status.UNAUTHENTICATED.withDescription(text);
    }

    private int sent(Status status) {
        return sent(status, this.trailers);
    }

    /** What grpc-java sends, counted as HTTP/2 does. */
    private static int sent(Status status, Metadata trailers) {
        Metadata all = new Metadata();
        all.merge(trailers);
        all.put(InternalStatus.CODE_KEY, status);
        if (status.getDescription() != null) {
            all.put(InternalStatus.MESSAGE_KEY, status.getDescription());
        }
        byte[][] serialized = InternalMetadata.serialize(all);
        int size = ":status".length() + "200".length() + 32 + "content-type".length() + "application/grpc".length()
                + 32;
        for (int i = 0; i < serialized.length; i += 2) {
            String name = new String(serialized[i], StandardCharsets.US_ASCII);
            byte[] value = serialized[i + 1];
            int length = name.endsWith("-bin") ? Base64.getEncoder().withoutPadding().encode(value).length
                    : value.length;
            size += name.length() + length + 32;
        }
        return size;
    }

    private Metadata copy() {
        Metadata copy = new Metadata();
        copy.merge(this.trailers);
        return copy;
    }

    private static int length(Metadata metadata, String name) {
        return String.valueOf(metadata.get(ascii(name))).length();
    }

    private void details(com.google.protobuf.Message... details) {
        details("text", details);
    }

    private void details(String text, com.google.protobuf.Message... details) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder().setCode(16).setMessage(text);
        for (com.google.protobuf.Message detail : details) {
            status.addDetails(Any.pack(detail));
        }
        this.trailers.put(DETAILS, status.build().toByteArray());
    }

    private static ErrorInfo large(int size) {
        return ErrorInfo.newBuilder().setReason("r".repeat(size)).build();
    }

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Metadata.Key<byte[]> key(String name) {
        return name.endsWith("-bin") ? Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)
                : Metadata.Key.of(name, new Metadata.AsciiMarshaller<>() {

                    @Override
                    public String toAsciiString(byte[] value) {
                        return new String(value, StandardCharsets.US_ASCII);
                    }

                    @Override
                    public byte[] parseAsciiString(String serialized) {
                        return serialized.getBytes(StandardCharsets.US_ASCII);
                    }

                });
    }

}
