package io.rpcspring.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.MessageOneofRule;
import build.buf.validate.Rule;
import build.buf.validate.ValidateProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;

/**
 * Says in a few words what the rules in protos are, and which of them a message breaks.
 */
public final class RuleWords {

    /** How people say it; what stands nowhere else is the name of the rule. */
    private static final Map<String, String> WORDS = Map.ofEntries(Map.entry("gte", "≥ %s"), Map.entry("gt", "> %s"),
            Map.entry("lte", "≤ %s"), Map.entry("lt", "< %s"), Map.entry("const", "is %s"),
            Map.entry("in", "one of %s"), Map.entry("not_in", "none of %s"),
            Map.entry("min_len", "at least %s characters"), Map.entry("max_len", "at most %s characters"),
            Map.entry("len", "%s characters"), Map.entry("min_bytes", "at least %s bytes"),
            Map.entry("max_bytes", "at most %s bytes"), Map.entry("len_bytes", "%s bytes"),
            Map.entry("min_items", "at least %s items"), Map.entry("max_items", "at most %s items"),
            Map.entry("min_pairs", "at least %s entries"), Map.entry("max_pairs", "at most %s entries"),
            Map.entry("pattern", "matches %s"), Map.entry("prefix", "begins with %s"),
            Map.entry("suffix", "ends with %s"), Map.entry("contains", "contains %s"),
            Map.entry("not_contains", "does not contain %s"), Map.entry("within", "within %s of now"),
            Map.entry("unique", "no item twice"), Map.entry("defined_only", "a value of the enum"),
            Map.entry("lt_now", "in the past"), Map.entry("gt_now", "in the future"));

    private final MessageRules rules;

    /**
     * Speaks of rules.
     * @param rules checks messages
     */
    public RuleWords(MessageRules rules) {
        this.rules = rules;
    }

    /**
     * The rules of a field.
     * @param field any field
     * @return one text a rule
     */
    public List<String> of(FieldDescriptor field) {
        return words(RuleOptions.known(field.getOptions()).getExtension(ValidateProto.field));
    }

    /**
     * The rules of whole messages.
     * @param type any type
     * @return one text a rule
     */
    public List<String> of(Descriptor type) {
        build.buf.validate.MessageRules own = RuleOptions.known(type.getOptions()).getExtension(ValidateProto.message);
        return Stream
            .of(own.getCelList().stream().map(RuleWords::words), own.getCelExpressionList().stream(),
                    own.getOneofList().stream().map(RuleWords::words))
            .flatMap((rule) -> rule)
            .toList();
    }

    /**
     * Whether one of the fields must be set.
     * @param oneof any oneof
     * @return whether a rule says so
     */
    public boolean isRequired(OneofDescriptor oneof) {
        return RuleOptions.known(oneof.getOptions()).getExtension(ValidateProto.oneof).getRequired();
    }

    /**
     * What is wrong with a message.
     * @param message any message
     * @return what the words say by the path of the field, which is empty for the whole
     * message
     */
    public List<Map.Entry<String, String>> brokenBy(Message message) {
        try {
            return Findings.of(this.rules.check(message)).words();
        }
        catch (ValidationException ex) {
            return List.of(Map.entry("", "A rule cannot be evaluated: " + ex.getMessage()));
        }
    }

    private static String words(Rule rule) {
        return rule.getMessage().isEmpty() ? rule.getExpression() : rule.getMessage();
    }

    private static String words(MessageOneofRule rule) {
        return (rule.getRequired() ? "exactly" : "at most") + " one of " + String.join(", ", rule.getFieldsList());
    }

    /** Of rules of any sort: the kind of a field has no word. */
    private static List<String> words(Message all) {
        List<String> words = new ArrayList<>();
        all.getAllFields().forEach((rule, value) -> {
            switch (rule.getName()) {
                case "items" -> words((Message) value).forEach((inner) -> words.add("each " + inner));
                case "keys" -> words((Message) value).forEach((inner) -> words.add("each key " + inner));
                case "values" -> words((Message) value).forEach((inner) -> words.add("each value " + inner));
                case "cel" -> ((List<?>) value).forEach((cel) -> words.add(words((Rule) cel)));
                case "cel_expression" -> ((List<?>) value).forEach((cel) -> words.add(cel.toString()));
                case "ignore", "example" -> {
                }
                default -> add(rule, value, words);
            }
        });
        return words;
    }

    private static void add(FieldDescriptor rule, Object value, List<String> words) {
        if (isOfKind(rule)) {
            words.addAll(words((Message) value));
        }
        else if (!Boolean.FALSE.equals(value)) {
            String unknown = rule.getName().replace('_', ' ') + (Boolean.TRUE.equals(value) ? "" : " %s");
            words.add(singular(String.format(WORDS.getOrDefault(rule.getName(), unknown), RuleValue.text(value))));
        }
    }

    private static String singular(String text) {
        return text.replaceFirst("(?<!\\d)1 (character|byte|item)s$", "1 $1")
            .replaceFirst("(?<!\\d)1 entries$", "1 entry");
    }

    private static boolean isOfKind(FieldDescriptor rule) {
        return rule.getContainingOneof() != null && rule.getContainingOneof().getName().equals("type");
    }

}
