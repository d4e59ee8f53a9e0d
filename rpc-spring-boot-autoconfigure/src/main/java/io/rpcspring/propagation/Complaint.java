package io.rpcspring.propagation;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once that something on threads does not follow its calls.
 */
final class Complaint {

    private static final Log logger = LogFactory.getLog(Complaint.class);

    private final String what;

    private final AtomicBoolean made = new AtomicBoolean();

    Complaint(String what) {
        this.what = what;
    }

    void make(Throwable why) {
        if (!this.made.getAndSet(true)) {
            logger.warn(this.what + " may not follow its calls; more of this is not logged", why);
        }
    }

}
