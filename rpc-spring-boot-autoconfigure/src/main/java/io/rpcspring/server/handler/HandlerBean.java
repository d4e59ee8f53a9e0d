package io.rpcspring.server.handler;

import org.springframework.aop.framework.AopProxyUtils;

/**
 * A bean that has handlers.
 *
 * @param name the bean's name
 * @param bean the bean or its proxy
 */
record HandlerBean(String name, Object bean) {

    /** The class in which handlers are written. */
    Class<?> type() {
        return AopProxyUtils.ultimateTargetClass(this.bean);
    }

    /** The bean as messages name it. */
    @Override
    public String toString() {
        return "the bean '" + this.name + "' (" + type().getName() + ")";
    }

}
