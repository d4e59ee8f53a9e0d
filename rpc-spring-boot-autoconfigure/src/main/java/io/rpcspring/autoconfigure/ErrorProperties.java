package io.rpcspring.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What clients are told of failures.
 *
 * @param details Whether the statuses that the framework itself gives have details for
 * programs: their reason, and when to try again. Those of the application always have
 * theirs.
 */
record ErrorProperties(@DefaultValue("true") boolean details) {
}
