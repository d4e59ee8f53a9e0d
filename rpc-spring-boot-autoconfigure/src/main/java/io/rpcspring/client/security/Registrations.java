package io.rpcspring.client.security;

import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;

/**
 * The application's OAuth2 client registrations, whichever way it has them.
 *
 * @param finder finds one by its id, and may block
 * @param all lists them, if the application's repository can
 */
public record Registrations(Function<String, @Nullable ClientRegistration> finder, Iterable<?> all) {

    /**
     * Those of an application that blocks.
     * @param repository has them
     * @return the same registrations
     */
    public static Registrations of(ClientRegistrationRepository repository) {
        return new Registrations(repository::findByRegistrationId, list(repository));
    }

    /**
     * Those of a reactive application.
     * @param repository has them
     * @return the same registrations
     */
    public static Registrations ofReactive(ReactiveClientRegistrationRepository repository) {
        return new Registrations((id) -> repository.findByRegistrationId(id).block(), list(repository));
    }

    private static Iterable<?> list(Object repository) {
        return (repository instanceof Iterable<?> all) ? all : List.of();
    }

    @Nullable ClientRegistration find(String id) {
        return this.finder.apply(id);
    }

    List<String> ids() {
        return StreamSupport.stream(this.all.spliterator(), false)
            .filter(ClientRegistration.class::isInstance)
            .map((registration) -> ((ClientRegistration) registration).getRegistrationId())
            .toList();
    }

}
