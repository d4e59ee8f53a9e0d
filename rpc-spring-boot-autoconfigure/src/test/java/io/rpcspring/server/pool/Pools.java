package io.rpcspring.server.pool;

import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;

import io.rpcspring.fixture.BusyObservers;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Styles;
import io.rpcspring.sample.places.PlacesGrpc;

/**
 * The types of pool that this JVM has.
 */
final class Pools {

    private Pools() {
    }

    static Stream<String> types() {
        return VirtualThreads.areSupported() ? Stream.of("platform", "virtual") : Stream.of("platform");
    }

    /** Each style of a service on each type. */
    static Stream<Arguments> everyStyleOnEveryType() {
        return types().flatMap((type) -> Styles.all().map((style) -> Arguments.arguments(style, type)));
    }

    /** Each type with both styles of services and every kind of call. */
    static Stream<Arguments> everyKindOnEveryType() {
        return types().flatMap((type) -> Stream.of(BusyPlaces.class, BusyObservers.class)
            .flatMap((service) -> PlacesGrpc.getServiceDescriptor()
                .getMethods()
                .stream()
                .map((kind) -> Arguments.arguments(type, service, kind))));
    }

}
