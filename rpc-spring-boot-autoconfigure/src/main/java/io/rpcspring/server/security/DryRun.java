package io.rpcspring.server.security;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;

import io.rpcspring.RpcContext;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.FewLines;

/**
 * Tells the log of the calls that would be refused.
 *
 * @param failures says how they would end
 * @param lines goes to the log
 */
public record DryRun(SecurityFailures failures, FewLines lines) {

    private static final Log logger = LogFactory.getLog(CallSecurity.class);

    private static final int LONGEST = 100;

    /**
     * Tells the log.
     * @param failures says how calls would end
     */
    public DryRun(SecurityFailures failures) {
        this(failures, new FewLines(logger, "Calls would have been refused"));
    }

    void badCredentials(RpcContext call, AuthenticationException why) {
        tell("", this.failures.of(call, why));
    }

    void denied(RpcContext call, Authentication caller, AccessDenial denial) {
        tell(" of " + shown(caller.getName()), this.failures.of(call, denial));
    }

    private void tell(String whose, CallEnd end) {
        this.lines.warn("Dry run: a call" + whose + " would be refused with " + end.status().getCode() + ": "
                + end.status().getDescription());
    }

    /** A name is what somebody else has made it, and must be no line of its own. */
    private static String shown(String name) {
        String line = name.replaceAll("[\\p{Cntrl}]", "?");
        return (line.length() > LONGEST) ? line.substring(0, LONGEST) + "..." : line;
    }

}
