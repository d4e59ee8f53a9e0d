/**
 * The page on which people try every method and watch pools, channels and calls. Start at
 * {@link io.rpcspring.console.Console}.
 */
@NullMarked
package io.rpcspring.console;

import org.jspecify.annotations.NullMarked;
