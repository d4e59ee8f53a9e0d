/**
 * Makes statuses of exceptions, and cuts what is answered to what clients accept. Start
 * at {@link io.rpcspring.server.error.CallFailures}.
 */
@NullMarked
package io.rpcspring.server.error;

import org.jspecify.annotations.NullMarked;
