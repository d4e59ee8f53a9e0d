/** What clients are told of the load. */
@NullMarked
package io.rpcspring.server.load;

import org.jspecify.annotations.NullMarked;
