/**
 * Does to calls what tests ask for. Start at {@link io.rpcspring.test.fault.FaultBook}.
 */
@NullMarked
package io.rpcspring.test.fault;

import org.jspecify.annotations.NullMarked;
