package io.rpcspring.server.handler;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.springframework.core.ResolvableType;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;

/**
 * A method with the types that it has in a class, which may be a subclass of its own.
 *
 * @param method the method
 * @param type the class of the bean
 */
record ResolvedMethod(Method method, Class<?> type) {

    ResolvableType parameter(int index) {
        return ResolvableType.forMethodParameter(this.method, index, this.type);
    }

    ResolvableType result() {
        return ResolvableType.forMethodReturnType(this.method, this.type);
    }

    private Stream<ResolvableType> parameters() {
        return IntStream.range(0, this.method.getParameterCount()).mapToObj(this::parameter);
    }

    private List<Class<?>> parameterClasses() {
        return parameters().<Class<?>>map((parameter) -> parameter.resolve(Object.class)).toList();
    }

    /** Whether it takes what only handlers take. */
    boolean looksLikeHandler(Set<Class<?>> requests) {
        return parameterClasses().stream()
            .anyMatch((parameter) -> parameter == MessageSender.class || parameter == MessageReceiver.class
                    || requests.contains(parameter));
    }

    /** Whether another method of the class has the same parameters. */
    boolean takesTheSameAs(Method other) {
        return parameterClasses().equals(new ResolvedMethod(other, this.type).parameterClasses());
    }

    /** As its author wrote it, without packages. */
    @Override
    public String toString() {
        String parameters = parameters().map(ResolvedMethod::shortName).collect(Collectors.joining(", "));
        return "'" + shortName(result()) + " " + this.method.getName() + "(" + parameters + ")'";
    }

    private static String shortName(ResolvableType type) {
        return type.toString().replaceAll("[\\w.$]*[.$](\\w+)", "$1");
    }

}
