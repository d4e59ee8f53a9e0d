package io.rpcspring.client;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.PropertyResolver;

/**
 * What channels take from the application. It is asked when a channel is made, not
 * before.
 *
 * @param placeholders resolves what a target knows only at run time
 * @param bundles the application's SSL bundles
 * @param interceptors finds the interceptors of a channel by its name, the first to be
 * called first
 * @param credentials finds credentials by channel and bean name
 * @param observers finds what sees each call of a channel first, by the channel's name,
 * outermost first
 * @param links integrations that stand in the way of calls
 * @param customizers change each channel's builder, in this order
 * @param directories find servers by names of their schemes
 * @param detours leads calls elsewhere than to their targets, if anything does
 */
public record ChannelEnvironment(PropertyResolver placeholders, Supplier<SslBundles> bundles,
        Function<String, List<ClientInterceptor>> interceptors, BiFunction<String, String, CallCredentials> credentials,
        Function<String, List<ClientInterceptor>> observers, Supplier<List<Link>> links,
        Supplier<List<RpcChannelCustomizer>> customizers, Supplier<List<Directory>> directories,
        @Nullable Detours detours) {

    /** The directory that knows the names of a target's scheme. */
    Optional<Directory> directoryOf(String target) {
        String scheme = TargetScheme.of(target);
        return this.directories.get().stream().filter((directory) -> directory.scheme().equals(scheme)).findFirst();
    }

    /** What an integration puts into the way of a channel's calls. */
    @FunctionalInterface
    public interface Link {

        /**
         * Asked when the channel is made.
         * @param channel with everything it inherits
         * @return what stands behind the application's interceptors, if anything
         */
        Optional<ClientInterceptor> of(ChannelConfiguration channel);

        /**
         * Asked about each configured channel when the application starts, used or not.
         * @param channel with everything it inherits
         * @throws io.rpcspring.RpcConfigurationException if it cannot work
         */
        default void check(ChannelConfiguration channel) {
        }

    }

    /** Finds servers by their names, for the channels of this application only. */
    public interface Directory {

        /**
         * What the targets begin with that it knows.
         * @return the part before the colon
         */
        String scheme();

        /**
         * Asked when the application starts, for each channel that has such a target.
         * @param property what sets the target, as messages name it
         * @param target begins with the scheme
         * @throws io.rpcspring.RpcConfigurationException if it cannot work
         */
        default void check(String property, String target) {
        }

        /**
         * Asked when a channel is made.
         * @param own what the channel's settings say
         * @return how connections to its servers are encrypted
         */
        default ChannelCredentials credentials(ChannelCredentials own) {
            return own;
        }

        /**
         * Asked whenever the channel begins to look for its servers.
         * @param channel with everything it inherits
         * @param target begins with the scheme
         * @param args what grpc-java gives resolvers
         * @return finds the servers, and goes on doing so
         * @throws IllegalArgumentException if the target has no name
         */
        NameResolver resolver(ChannelConfiguration channel, URI target, NameResolver.Args args);

    }

    /**
     * Leads calls to servers of this JVM instead of to their channel's target, and puts
     * other objects into the place of clients: for tests.
     */
    public interface Detours {

        /**
         * Asked for each call, so that it must be quick.
         * @param channel the channel's name
         * @param method what is called
         * @return the name of an in-process server; null where the call goes to the
         * channel's target
         */
        @Nullable String of(String channel, MethodDescriptor<?, ?> method);

        /**
         * Whether a channel needs no target.
         * @param channel the channel's name
         * @param service the full name of the service that is called; null if that is not
         * known
         * @return true if calls of the service, or some calls, are led elsewhere
         */
        boolean lead(String channel, @Nullable String service);

        /**
         * What is injected in the place of a client.
         * @param channel the channel's name
         * @param client the type of stub
         * @return another object of this type; null for none
         */
        @Nullable Object replacement(String channel, Class<?> client);

    }

}
