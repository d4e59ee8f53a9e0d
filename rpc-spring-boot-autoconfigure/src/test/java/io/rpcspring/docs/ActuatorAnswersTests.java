package io.rpcspring.docs;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.ResolvableType;

import io.rpcspring.actuate.LiveReport;
import io.rpcspring.actuate.RpcReport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the answers in docs/observability.md with what the endpoint answers.
 */
class ActuatorAnswersTests {

    private static final Path PAGE = Documentation.ROOT.resolve("docs/observability.md");

    @Test
    void answersHaveWhatTheEndpointAnswers() throws IOException {
        List<String> answers = Documentation.snippets(PAGE, "json");
        assertThat(answers).hasSize(2);
        assertSame(RpcReport.class, JsonPath.<Map<?, ?>>read(answers.get(0), "$"));
        assertSame(LiveReport.class, JsonPath.<Map<?, ?>>read(answers.get(1), "$"));
    }

    private static void assertSame(Class<?> record, Map<?, ?> answer) {
        Set<String> names = new TreeSet<>();
        for (RecordComponent component : record.getRecordComponents()) {
            names.add(component.getName());
            ResolvableType type = ResolvableType.forType(component.getGenericType());
            values(answer.get(component.getName()), type)
                .forEach((value) -> assertSame(valueType(type), (Map<?, ?>) value));
        }
        assertThat(answer.keySet()).as(record.getName()).isEqualTo(names);
    }

    private static Stream<?> values(@Nullable Object value, ResolvableType type) {
        if (value == null || !valueType(type).isRecord()) {
            return Stream.empty();
        }
        return (type.toClass() == Map.class) ? ((Map<?, ?>) value).values().stream()
                : (type.toClass() == List.class) ? ((List<?>) value).stream() : Stream.of(value);
    }

    private static Class<?> valueType(ResolvableType type) {
        Class<?> plain = type.toClass();
        return (plain == Map.class) ? type.getGeneric(1).toClass()
                : (plain == List.class) ? type.getGeneric(0).toClass() : plain;
    }

}
