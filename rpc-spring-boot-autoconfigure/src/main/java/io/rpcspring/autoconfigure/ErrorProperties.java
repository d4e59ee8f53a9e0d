package io.rpcspring.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.server.error.FailureSettings;
import io.rpcspring.server.error.OwnStatuses;

/**
 * What clients are told of failures.
 *
 * @param details Whether the statuses that the framework itself gives have details for
 * programs: their reason, and when to try again. Those of the application always have
 * theirs.
 * @param includeMessage Whether clients get the message of an exception that nobody maps:
 * never, or always, which is for development.
 * @param passOnClientFailures Whether the status of a call that a handler has made itself
 * goes to the caller of the handler, with its text and trailers.
 */
record ErrorProperties(@DefaultValue("true") boolean details, @DefaultValue("never") IncludeMessage includeMessage,
        @DefaultValue("false") boolean passOnClientFailures) {

    OwnStatuses statuses() {
        return new OwnStatuses(this.details);
    }

    FailureSettings failures() {
        return new FailureSettings(this.includeMessage == IncludeMessage.ALWAYS, this.passOnClientFailures);
    }

    /** When clients get the message of an exception. */
    enum IncludeMessage {

        /** They get an id. */
        NEVER,

        /** They get an id and the message. */
        ALWAYS

    }

}
