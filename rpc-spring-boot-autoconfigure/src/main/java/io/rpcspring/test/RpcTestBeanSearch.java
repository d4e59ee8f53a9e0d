package io.rpcspring.test;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/**
 * Looks at the beans of a test when all are known, none exists, and no mock has taken the
 * place of one.
 *
 * @param found what is to be known of them
 */
record RpcTestBeanSearch(RpcTestBeans found) implements BeanDefinitionRegistryPostProcessor {

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        this.found.addServices();
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        this.found.read();
    }

}
