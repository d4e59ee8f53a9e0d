package io.rpcspring.validation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import build.buf.protovalidate.Config;
import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import build.buf.protovalidate.exceptions.ExecutionException;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;

import io.rpcspring.RpcConfigurationException;

/**
 * Checks messages against the rules in their protos.
 * <p>
 * The rules of a type are compiled when it is first asked for, which takes long: a server
 * asks at its start. A type without rules costs a look at its descriptor.
 * <p>
 * protovalidate finds as much as there is, and each violation costs it hundreds of times
 * the bytes that the sender spent on it. So of a message that is large only the first is
 * looked for.
 */
public final class MessageRules {

    /** A larger message is large. All violations of this one take 12 MB at most. */
    private static final int SMALL = 16_384;

    private final Map<Descriptor, Boolean> known = new ConcurrentHashMap<>();

    private final Config config;

    /** Finds all that is wrong. */
    private final Supplier<Validator> all;

    /** Finds the first thing that is wrong. */
    private final Supplier<Validator> first;

    /**
     * Knows no rules yet.
     * @param config how protovalidate reads rules
     */
    public MessageRules(Config config) {
        this.config = config;
        this.all = validator(config, config.isFailFast());
        this.first = validator(config, true);
    }

    private static Supplier<Validator> validator(Config config, boolean failFast) {
        return SingletonSupplier.of(() -> ValidatorFactory.newBuilder()
            .withConfig(Config.newBuilder()
                .setTypeRegistry(config.getTypeRegistry())
                .setExtensionRegistry(config.getExtensionRegistry())
                .setAllowUnknownFields(config.isAllowingUnknownFields())
                .setEnableNativeRules(config.isNativeRulesEnabled())
                .setFailFast(failFast)
                .build())
            .build());
    }

    /**
     * Whether messages can break a rule. If so, the rules are compiled.
     * @param messages reads and writes them
     * @param property leaves them unchecked, as messages name it
     * @throws RpcConfigurationException if a rule is wrong
     */
    boolean concern(Marshaller<?> messages, String property) {
        Descriptor type = typeOf(messages);
        return type != null && this.known.computeIfAbsent(type, (unknown) -> {
            boolean any = RuleOptions.reachable(type).stream().anyMatch(RuleOptions::standIn);
            if (any) {
                compile(type, property);
            }
            return any;
        });
    }

    private static @Nullable Descriptor typeOf(Marshaller<?> messages) {
        return (messages instanceof PrototypeMarshaller<?> typed
                && typed.getMessagePrototype() instanceof Message prototype) ? prototype.getDescriptorForType() : null;
    }

    private void compile(Descriptor type, String property) {
        RuleMistake.inPatterns(type).ifPresent((mistake) -> {
            throw mistake.asException(property);
        });
        try {
            compile(this.all.get(), type);
            compile(this.first.get(), type);
        }
        catch (CompilationException | RuntimeException ex) {
            throw RuleMistake.behind(ex, type, this.config).asException(property);
        }
    }

    /** protovalidate does so for the first message of a type. */
    private static void compile(Validator validator, Descriptor type) throws CompilationException {
        try {
            validator.validate(DynamicMessage.getDefaultInstance(type));
        }
        catch (CompilationException ex) {
            throw ex;
        }
        catch (ValidationException ex) {
            // The rules are compiled, and do not like this message.
        }
    }

    /**
     * Checks a message of a type that rules concern.
     * @throws ExecutionException if a rule cannot be evaluated
     */
    ValidationResult check(Message message) throws ValidationException {
        boolean small = message.getSerializedSize() <= SMALL;
        return (small ? this.all : this.first).get().validate(message);
    }

}
