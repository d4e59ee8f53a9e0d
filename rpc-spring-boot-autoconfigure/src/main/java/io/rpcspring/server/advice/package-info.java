/**
 * The application's advices: what they say about exceptions. Start at
 * {@link io.rpcspring.server.advice.Advices}.
 */
@NullMarked
package io.rpcspring.server.advice;

import org.jspecify.annotations.NullMarked;
