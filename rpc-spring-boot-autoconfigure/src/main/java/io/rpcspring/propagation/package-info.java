/**
 * Thread-locals that follow their call. Start at
 * {@link io.rpcspring.propagation.RegisteredThreadLocals}.
 */
@NullMarked
package io.rpcspring.propagation;

import org.jspecify.annotations.NullMarked;
