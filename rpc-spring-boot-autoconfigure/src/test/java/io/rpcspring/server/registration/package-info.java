/** What registries know of a server. */
@NullMarked
package io.rpcspring.server.registration;

import org.jspecify.annotations.NullMarked;
