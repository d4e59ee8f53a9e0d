/**
 * Finds what is written below {@code rpc} and read by nobody. Start at
 * {@link NamesCheck}.
 */
@NullMarked
package io.rpcspring.autoconfigure.names;

import org.jspecify.annotations.NullMarked;
