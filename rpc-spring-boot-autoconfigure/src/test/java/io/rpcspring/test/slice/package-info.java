/**
 * An application of which tests take slices.
 */
@NullMarked
package io.rpcspring.test.slice;

import org.jspecify.annotations.NullMarked;
