/**
 * What tests of applications are written with. Start at
 * {@link io.rpcspring.test.InProcessRpc}.
 */
@NullMarked
package io.rpcspring.test;

import org.jspecify.annotations.NullMarked;
