package io.rpcspring.autoconfigure;

import java.util.List;

import io.grpc.CallCredentials;
import io.grpc.ClientInterceptor;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.ListableBeanFactory;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.words.Names;

/**
 * Finds the application's beans that belong to a channel.
 *
 * @param beans where they are
 */
record ChannelBeans(ListableBeanFactory beans) {

    /** The interceptors of a channel, the first to be called first. */
    List<ClientInterceptor> interceptors(String channel) {
        try {
            return MarkedInterceptor
                .find(this.beans, ClientInterceptor.class,
                        (mark) -> mark.channels().length == 0 || List.of(mark.channels()).contains(channel))
                .stream()
                .map(MarkedInterceptor::bean)
                .toList();
        }
        catch (BeanCurrentlyInCreationException ex) {
            throw new RpcConfigurationException(
                    "The interceptor '" + ex.getBeanName() + "' needs the channel '" + channel
                            + "', itself or through another bean, and intercepts it.",
                    "Name the channels that it intercepts, without this one, in @RpcInterceptor(channels = ...).", ex);
        }
    }

    /**
     * Finds out whether all channels that interceptors name are there.
     * @throws RpcConfigurationException if one is not
     */
    void check(RpcChannels channels) {
        MarkedInterceptor.marks(this.beans, ClientInterceptor.class).forEach((beanName, mark) -> {
            for (String channel : mark.channels()) {
                if (!channels.has(channel)) {
                    throw new RpcConfigurationException(
                            "The interceptor '" + beanName + "' names the channel '" + channel
                                    + "', which is not configured. Configured channels: "
                                    + Names.nearestFirst(channel, channels.names()) + ".",
                            "Correct @RpcInterceptor(channels = ...), or add rpc.client.channels." + channel + ".");
                }
            }
        });
        InterceptorCheck.warn(this.beans, ClientInterceptor.class, "");
    }

    CallCredentials credentials(String channel, String name) {
        List<String> known = List.of(this.beans.getBeanNamesForType(CallCredentials.class));
        if (!known.contains(name)) {
            throw new RpcConfigurationException(
                    "The channel '" + channel + "' takes its credentials from '" + name
                            + "', but no CallCredentials bean has this name. CallCredentials beans: "
                            + Names.nearestFirst(name, known) + ".",
                    "Correct rpc.client.channels." + channel + ".credentials, or add the bean.");
        }
        return this.beans.getBean(name, CallCredentials.class);
    }

}
