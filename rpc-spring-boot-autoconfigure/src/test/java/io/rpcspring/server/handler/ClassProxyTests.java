package io.rpcspring.server.handler;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.HiddenPlaces;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Services behind class proxies that cannot override their methods.
 */
class ClassProxyTests {

    private static final String CURE = ", or keep what makes the proxy, such as @Transactional, off this class: put it on a"
            + " bean that this one calls.";

    private static final String WHY = ", so the class proxy of the bean cannot override it: it would run on the proxy,"
            + " whose fields are empty. ";

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @Test
    void finalHandlerStopsTheStart() {
        assertRefused(FinalHandler.class, "The handler 'Place find(PlaceName)' of the bean 'places' ("
                + FinalHandler.class.getName() + ") is final" + WHY + "Remove final (in Kotlin, write open)" + CURE);
    }

    @Test
    void finalMethodOfAGeneratedBaseClassStopsTheStart() {
        assertRefused(FinalOverride.class, "The method 'find' of the bean 'places' (" + FinalOverride.class.getName()
                + ") is final" + WHY + "Remove final (in Kotlin, write open)" + CURE);
    }

    @Test
    void finalBindingOfItsOwnStopsTheStart() {
        assertRefused(FinalBinding.class, "The method 'bindService' of the bean 'places' ("
                + FinalBinding.class.getName() + ") is final" + WHY + "Remove final (in Kotlin, write open)" + CURE);
    }

    @Test
    void handlerThatTheProxyCannotSeeStopsTheStart() {
        assertRefused(Elsewhere.class,
                "The handler 'Place find(PlaceName)' of the bean 'places' (" + Elsewhere.class.getName()
                        + ") is package-private in another package than its proxy" + WHY + "Make it protected or public"
                        + CURE);
    }

    @ParameterizedTest
    @ValueSource(classes = { FinalHandler.class, FinalOverride.class, FinalBinding.class, Elsewhere.class })
    void withoutProxyAllAreServed(Class<?> service) {
        this.runner.withBean("places", service).run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("found Zurich");
            }
        });
    }

    private void assertRefused(Class<?> service, String message) {
        BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
        creator.setBeanNames("places");
        creator.setProxyTargetClass(true);
        this.runner.withBean("places", service)
            .withBean(BeanNameAutoProxyCreator.class, () -> creator)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(message));
    }

    private static Place place(String name) {
        return Place.newBuilder().setName(name).build();
    }

    /** A plain object. */
    @RpcService(PlacesGrpc.class)
    static class FinalHandler {

        private final String prefix = String.valueOf("found ");

        final Place find(PlaceName name) {
            return place(this.prefix + name.getName());
        }

    }

    /** Inherits what its package does not see. */
    @RpcService(PlacesGrpc.class)
    static class Elsewhere extends HiddenPlaces {

    }

    /** Extends what is generated. */
    @RpcService
    static class FinalOverride extends PlacesFixture {

        private final String prefix = String.valueOf("found ");

        @Override
        public final void find(PlaceName request, StreamObserver<Place> response) {
            super.find(PlaceName.newBuilder().setName(this.prefix + request.getName()).build(), response);
        }

    }

    /** Makes its own definition, as the base class of Kotlin's generator does. */
    @RpcService
    static class FinalBinding implements BindableService {

        private final FinalOverride places = new FinalOverride();

        @Override
        public final ServerServiceDefinition bindService() {
            return this.places.bindService();
        }

    }

}
