package io.rpcspring.client;

import org.springframework.beans.PropertyValues;
import org.springframework.beans.factory.annotation.AutowiredAnnotationBeanPostProcessor;

import io.rpcspring.RpcClient;

/**
 * Makes {@link RpcClient} on a field or setter enough, without {@code @Autowired}.
 */
public final class RpcClientPostProcessor extends AutowiredAnnotationBeanPostProcessor {

    private final MisplacedClients misplaced = new MisplacedClients();

    /**
     * Creates a post-processor that looks for {@link RpcClient} only.
     */
    public RpcClientPostProcessor() {
        setAutowiredAnnotationType(RpcClient.class);
    }

    /**
     * Leaves records alone: their fields are final, and have what the constructor got.
     * @throws io.rpcspring.RpcConfigurationException if a mark would do nothing
     */
    @Override
    public PropertyValues postProcessProperties(PropertyValues values, Object bean, String beanName) {
        this.misplaced.refuseIn(bean.getClass());
        return bean.getClass().isRecord() ? values : super.postProcessProperties(values, bean, beanName);
    }

}
