package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Places in the configuration where one setting is looked for, one after the other.
 * <p>
 * Spring's binder takes each key from the first source that has it, and merges maps. So
 * sources that see one place each are all that inheritance needs: key by key, lists as a
 * whole, maps entry by entry, defaults of the code last.
 *
 * @param environment has the property sources
 * @param places the most specific first
 */
record PropertyLayers(Environment environment, List<PropertyPlace> places) {

    <T> T bind(Class<T> type) {
        List<ConfigurationPropertySource> layers = this.places.stream()
            .flatMap((place) -> sources().stream()
                .flatMap((source) -> place.prefixes().stream().map(source::withPrefix)))
            .toList();
        return new Binder(layers, new LatePlaceholders(this.environment)).bindOrCreate("", Bindable.of(type));
    }

    /** Whether there is anything at all. */
    boolean isConfigured() {
        return this.places.stream().flatMap((place) -> place.prefixes().stream()).anyMatch(this::has);
    }

    /**
     * How far out a setting stands.
     * @return the index of the first place that has it or a part of it, or else the
     * number of places
     */
    int depthOf(String key) {
        for (int i = 0; i < this.places.size(); i++) {
            if (this.places.get(i).names(key).anyMatch(this::has)) {
                return i;
            }
        }
        return this.places.size();
    }

    /**
     * How far down the property sources the most specific place has a setting: a profile
     * is above the application, an environment variable above both.
     * @return the index of the first source, or else a large number
     */
    int sourceOf(String key) {
        List<ConfigurationPropertyName> names = this.places.get(0)
            .names(key)
            .map(ConfigurationPropertyName::of)
            .toList();
        List<ConfigurationPropertySource> sources = sources();
        return IntStream.range(0, sources.size())
            .filter((i) -> names.stream().anyMatch((name) -> has(sources.get(i), name)))
            .findFirst()
            .orElse(Integer.MAX_VALUE);
    }

    /**
     * The full name of a property, where it is set or else where it could be.
     */
    String nameOf(String key) {
        int depth = depthOf(key);
        return this.places.get((depth < this.places.size()) ? depth : 0).text() + "." + key;
    }

    private boolean has(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        return sources().stream().anyMatch((source) -> has(source, name));
    }

    private static boolean has(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        return source.getConfigurationProperty(name) != null
                || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
    }

    private List<ConfigurationPropertySource> sources() {
        return StreamSupport.stream(ConfigurationPropertySources.get(this.environment).spliterator(), false).toList();
    }

}
