package io.rpcspring.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import build.buf.protovalidate.ValidationResult;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import build.buf.validate.Violations;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;

/**
 * What is wrong with a message, as much as a status has room for.
 * <p>
 * No values stand here, but keys of maps, which are the sender's, too: the beginning of
 * each. What rules say is their author's.
 */
final class Findings {

    /** So many are told. */
    private static final int MOST = 20;

    /** So many bytes may those of one type take that come first. */
    private static final int HALF = 1800;

    private static final int ROOM = 2 * HALF;

    /** So much is told of a key of a map. */
    private static final int KEY = 40;

    /** So much is told of a rule's name and words. */
    private static final int WORDS = 200;

    private final List<Violation> told;

    private final int more;

    Findings(List<Violation> found) {
        this.told = found.stream().limit(MOST).map(Findings::shortened).toList();
        this.more = found.size() - this.told.size();
    }

    static Findings of(ValidationResult result) {
        return new Findings(result.toProto().getViolationsList());
    }

    private static Violation shortened(Violation violation) {
        Violation.Builder shortened = violation.toBuilder()
            .setRuleId(shortened(violation.getRuleId(), WORDS))
            .setMessage(shortened(violation.getMessage(), WORDS));
        if (violation.hasField()) {
            shortened.getFieldBuilder()
                .getElementsBuilderList()
                .stream()
                .filter(FieldPathElement.Builder::hasStringKey)
                .forEach((element) -> element.setStringKey(shortened(element.getStringKey(), KEY)));
        }
        return shortened.build();
    }

    private static String shortened(String text, int most) {
        return (text.codePointCount(0, text.length()) <= most) ? text
                : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
    }

    /** The first one in words that may be logged, and how many there are beside it. */
    String summary() {
        Violation first = this.told.get(0);
        String path = FieldPaths.text(first.getField(), false);
        String words = (path.isEmpty() ? "" : path + ": ") + words(first);
        int others = this.told.size() - 1 + this.more;
        return shortened(words, WORDS - 50) + ((others > 0) ? " (and " + others + " more)" : "");
    }

    /** What is wrong, by where it is. */
    List<Map.Entry<String, String>> words() {
        return this.told.stream()
            .map((violation) -> Map.entry(FieldPaths.text(violation.getField(), true), words(violation)))
            .toList();
    }

    private static String words(Violation violation) {
        return violation.getMessage().isEmpty() ? violation.getRuleId() : violation.getMessage();
    }

    /** For everybody, and for those who know protovalidate. */
    Message[] details() {
        BadRequest forAll = BadRequest.newBuilder()
            .addAllFieldViolations(fitting(HALF, Findings::fieldViolation))
            .build();
        return new Message[] { forAll,
                Violations.newBuilder()
                    .addAllViolations(fitting(ROOM - forAll.getSerializedSize(), Function.identity()))
                    .build() };
    }

    private <M extends Message> List<M> fitting(int room, Function<Violation, M> form) {
        List<M> fitting = new ArrayList<>();
        int left = room;
        for (Violation violation : this.told) {
            M formed = form.apply(violation);
            // A tag of one byte and a length of at most two.
            left -= formed.getSerializedSize() + 3;
            if (left < 0) {
                break;
            }
            fitting.add(formed);
        }
        return fitting;
    }

    private static FieldViolation fieldViolation(Violation violation) {
        return FieldViolation.newBuilder()
            .setField(FieldPaths.text(violation.getField(), true))
            .setReason(violation.getRuleId())
            .setDescription(words(violation))
            .build();
    }

}
