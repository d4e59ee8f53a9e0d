package io.rpcspring.validation;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.Timestamp;

/**
 * Writes the values of rules as people do.
 */
final class RuleValue {

    private RuleValue() {
    }

    static String text(Object value) {
        if (value instanceof List<?> items) {
            return items.stream().map(RuleValue::text).collect(Collectors.joining(", "));
        }
        if (value instanceof Duration duration) {
            return BigDecimal.valueOf(duration.getNanos(), 9)
                .add(BigDecimal.valueOf(duration.getSeconds()))
                .stripTrailingZeros()
                .toPlainString() + "s";
        }
        if (value instanceof Timestamp time) {
            return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
        }
        if (value instanceof Double || value instanceof Float) {
            return value.toString().replaceFirst("\\.0$", "");
        }
        return (value instanceof Message message) ? TextFormat.printer().emittingSingleLine(true).printToString(message)
                : String.valueOf(value);
    }

}
