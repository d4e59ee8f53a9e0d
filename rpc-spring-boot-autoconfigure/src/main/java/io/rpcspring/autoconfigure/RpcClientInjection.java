package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.PriorityOrdered;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RpcClientResolver;

/**
 * Teaches the bean factory {@code @RpcClient}, and to close the channels last.
 * <p>
 * Singletons are destroyed in the reverse order in which they asked for it. This asks
 * before any bean exists, so the channels are closed after every bean that may use them,
 * also those that got them late, from an {@link RpcChannels} or an
 * {@code ObjectProvider}.
 */
final class RpcClientInjection implements BeanFactoryPostProcessor, PriorityOrdered {

    static final String CHANNELS = "rpcChannels";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        DefaultListableBeanFactory beans = (DefaultListableBeanFactory) factory;
        beans.setAutowireCandidateResolver(new RpcClientResolver(beans.getBeanProvider(RpcChannels.class)));
        beans.registerDisposableBean(CHANNELS + "Closer", () -> {
            if (beans.getSingleton(CHANNELS) instanceof RpcChannels channels) {
                channels.close();
            }
        });
    }

    /** First, so that customizations of the resolver find this one in its place. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

}
