package io.rpcspring.autoconfigure;

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.client.RpcChannelCustomizer;
import io.rpcspring.server.RpcServerCustomizer;

/**
 * Warns of interceptor beans that do something else than their author may think.
 */
final class InterceptorCheck {

    private static final Log logger = LogFactory.getLog(InterceptorCheck.class);

    private InterceptorCheck() {
    }

    /**
     * Looks at all beans of a type, when those exist that may need them. What somebody
     * else has asked for is his business, such as a customizer that adds it to a builder.
     * @param otherwise what one can do instead of marking the bean, as it ends a sentence
     */
    static void warn(ListableBeanFactory beans, Class<?> type, String otherwise) {
        Map<String, RpcInterceptor> marks = MarkedInterceptor.marks(beans, type);
        for (String beanName : beans.getBeanNamesForType(type)) {
            if (ScopedProxyUtils.isScopedTarget(beanName)) {
                continue;
            }
            if (!marks.containsKey(beanName) && !isAskedFor(beans, beanName)) {
                logger.warn(describe(beans, type, beanName) + " intercepts no call: it is not marked @RpcInterceptor,"
                        + " and nothing asks for it. Mark its class or its @Bean method" + otherwise);
            }
            else if (marks.containsKey(beanName) && !beans.isSingleton(beanName)) {
                logger.warn(describe(beans, type, beanName) + " is marked @RpcInterceptor, but is no singleton: its"
                        + " first instance intercepts all calls of a server or channel. Remove its scope; or, for an"
                        + " instance per use, let it have a proxy: @Scope(proxyMode = ScopedProxyMode.TARGET_CLASS)");
            }
        }
    }

    /** A customizer may add itself. */
    private static boolean isAskedFor(ListableBeanFactory beans, String beanName) {
        return beans.isTypeMatch(beanName, RpcServerCustomizer.class)
                || beans.isTypeMatch(beanName, RpcChannelCustomizer.class)
                || ((ConfigurableBeanFactory) beans).getDependentBeans(beanName).length > 0;
    }

    private static String describe(ListableBeanFactory beans, Class<?> type, String beanName) {
        Class<?> actual = beans.getType(beanName);
        return "The " + type.getSimpleName() + " bean '" + beanName + "'"
                + ((actual != null) ? " (" + ClassUtils.getUserClass(actual).getName() + ")" : "");
    }

}
