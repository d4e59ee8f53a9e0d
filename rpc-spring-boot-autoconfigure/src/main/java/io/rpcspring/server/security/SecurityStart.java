package io.rpcspring.server.security;

import java.util.Collection;
import java.util.Objects;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;

import io.rpcspring.server.ServiceRegistry;
import io.rpcspring.server.call.ChainLink.Served;

/**
 * Looks at what is about to be served: are its rules right, and does anything protect it?
 *
 * @param callers who can be known
 * @param rules who may call what
 * @param beans what serves
 * @param selection whether all that serves is there
 */
public record SecurityStart(Callers callers, AccessRules rules, ListableBeanFactory beans,
        ServiceRegistry.Selection selection) implements Consumer<Collection<Served>> {

    private static final Log logger = LogFactory.getLog(CallSecurity.class);

    /** Spring's own name for what looks at annotations where classes are woven. */
    private static final String WEAVER = "preAuthorizeAspect$0";

    @Override
    public void accept(Collection<Served> services) {
        if (!this.beans.containsBean(WEAVER)) {
            services.stream()
                .filter((each) -> each.beanName() != null)
                .map((each) -> Objects.requireNonNull(each.beanName()))
                .map((name) -> new MethodSecurityCheck(name, this.beans.getBean(name)))
                .forEach(MethodSecurityCheck::requireMeaning);
        }
        if (!this.callers.canBeKnown() && !this.callers.areMocked()) {
            logger.warn("Spring Security is on the class path, but nothing authenticates gRPC calls: their callers are"
                    + " not known. Configure spring.security.oauth2.resourceserver, rpc.server.security.basic.enabled or"
                    + " rpc.server.security.certificate.principal, or add an RpcAuthentication bean; if it is meant so,"
                    + " set rpc.server.security.enabled to false");
        }
        this.rules.serve(services, this.selection);
    }

}
