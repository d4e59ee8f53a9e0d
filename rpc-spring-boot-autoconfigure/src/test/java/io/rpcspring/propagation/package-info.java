/** What follows a call, and what does not. */
@NullMarked
package io.rpcspring.propagation;

import org.jspecify.annotations.NullMarked;
