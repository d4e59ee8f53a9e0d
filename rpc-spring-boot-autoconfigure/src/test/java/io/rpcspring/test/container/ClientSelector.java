package io.rpcspring.test.container;

import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Our clients, and what finds containers among the beans.
 */
class ClientSelector implements DeferredImportSelector {

    @Override
    public String[] selectImports(AnnotationMetadata importing) {
        return new String[] {
                "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration",
                "io.rpcspring.autoconfigure.RpcClientAutoConfiguration" };
    }

}
