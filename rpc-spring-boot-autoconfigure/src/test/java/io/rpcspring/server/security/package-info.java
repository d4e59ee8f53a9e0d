/**
 * Tests of who may call.
 */
@NullMarked
package io.rpcspring.server.security;

import org.jspecify.annotations.NullMarked;
