package io.rpcspring.client;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.grpc.Channel;

/**
 * Makes stubs of one type.
 * <p>
 * Every generated {@code XGrpc} class has one public static factory per stub kind that
 * takes a {@link Channel}, so one rule makes them all.
 *
 * @param factory such a method
 */
record StubFactory(Method factory) {

    /**
     * Finds the factory of a stub type.
     * @return empty if the type is no generated stub
     */
    static Optional<StubFactory> of(Class<?> stubType) {
        Class<?> generated = stubType.getDeclaringClass();
        if (generated == null) {
            return Optional.empty();
        }
        return Arrays.stream(generated.getMethods())
            .filter((method) -> Modifier.isStatic(method.getModifiers()) && method.getReturnType() == stubType)
            .filter((method) -> List.of(method.getParameterTypes()).equals(List.of(Channel.class)))
            .findFirst()
            .map(StubFactory::new);
    }

    /** The class that the generator made of the service. */
    Class<?> generated() {
        return this.factory.getDeclaringClass();
    }

    Object create(Channel channel) {
        try {
            return this.factory.invoke(null, channel);
        }
        catch (IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("Cannot make a stub with " + this.factory, ex);
        }
    }

}
