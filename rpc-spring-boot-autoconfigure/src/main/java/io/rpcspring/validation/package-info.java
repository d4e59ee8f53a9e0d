/**
 * Checks messages against the rules in their protos, with protovalidate, on both sides.
 * Start at {@link io.rpcspring.validation.MessageRules}.
 */
@NullMarked
package io.rpcspring.validation;

import org.jspecify.annotations.NullMarked;
