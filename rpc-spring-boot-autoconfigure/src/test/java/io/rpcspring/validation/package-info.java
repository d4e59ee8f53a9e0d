/**
 * Tests of what breaks the rules of its proto.
 */
@NullMarked
package io.rpcspring.validation;

import org.jspecify.annotations.NullMarked;
