package io.rpcspring.validation;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import build.buf.protovalidate.Config;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import build.buf.validate.FieldRules;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import io.rpcspring.RpcConfigurationException;

/**
 * A rule that cannot be compiled.
 *
 * @param type the message type that it stands in
 * @param what which one it is, and why
 */
record RuleMistake(Descriptor type, String what) {

    /**
     * A mistake in a type, or in one that it contains, for which it cannot be compiled.
     */
    static RuleMistake behind(Exception failure, Descriptor type, Config config) {
        // protovalidate does not say where it stands.
        return RuleOptions.reachable(type)
            .stream()
            .filter(RuleOptions::standIn)
            .flatMap((each) -> compile(LoneRules.of(each), config).map((what) -> new RuleMistake(each, what)).stream())
            .findFirst()
            .orElseGet(() -> new RuleMistake(type, String.valueOf(failure.getMessage())));
    }

    private static Optional<String> compile(Descriptor type, Config config) {
        try {
            ValidatorFactory.newBuilder().withConfig(config).buildWithDescriptors(List.of(type), true);
            return Optional.empty();
        }
        catch (CompilationException | RuntimeException ex) {
            return Optional.of(String.valueOf(ex.getMessage()));
        }
    }

    /** A pattern that is none: protovalidate would find out with the first message. */
    static Optional<RuleMistake> inPatterns(Descriptor type) {
        return RuleOptions.reachable(type)
            .stream()
            .flatMap((each) -> each.getFields().stream())
            .flatMap((field) -> RuleOptions.of(field).flatMap((rules) -> inPatterns(field, rules)))
            .findFirst();
    }

    private static Stream<RuleMistake> inPatterns(FieldDescriptor field, FieldRules rules) {
        return Stream.of(rules.getString().getPattern(), rules.getBytes().getPattern())
            .flatMap((pattern) -> whyNot(pattern).stream())
            .map((why) -> new RuleMistake(field.getContainingType(), "the pattern of " + field.getName() + ": " + why));
    }

    private static Optional<String> whyNot(String pattern) {
        try {
            Pattern.compile(pattern);
            return Optional.empty();
        }
        catch (PatternSyntaxException ex) {
            return Optional.of(String.valueOf(ex.getMessage()));
        }
    }

    /**
     * The failure of a start.
     * @param property leaves the type unchecked
     */
    RpcConfigurationException asException(String property) {
        String file = this.type.getFile().getName();
        return new RpcConfigurationException(
                "A rule of " + this.type.getFullName() + " in " + file + " cannot be compiled: " + this.what
                        + (this.what.contains("\n") ? "\n" : "."),
                "Correct the rule in " + file + ", or set " + property + " to false to go without rules meanwhile.");
    }

}
