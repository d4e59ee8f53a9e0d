package io.rpcspring.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Shows settings on the web only to those who may see them.
 */
@EndpointWebExtension(endpoint = RpcEndpoint.class)
public final class RpcWebExtension {

    private final RpcEndpoint endpoint;

    private final Show showValues;

    private final Set<String> roles;

    /**
     * Stands before an endpoint.
     * @param endpoint answers
     * @param showValues who sees settings
     * @param roles whom {@code when-authorized} means; empty for everybody who is known
     */
    public RpcWebExtension(RpcEndpoint endpoint, Show showValues, Set<String> roles) {
        this.endpoint = endpoint;
        this.showValues = showValues;
        this.roles = roles;
    }

    /**
     * Everything but the calls.
     * @param caller who asks
     * @return the report
     */
    @ReadOperation
    public RpcReport rpc(SecurityContext caller) {
        return this.endpoint.report(this.showValues.isShown(caller, this.roles));
    }

}
