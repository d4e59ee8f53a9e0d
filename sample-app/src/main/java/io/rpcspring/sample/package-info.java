/**
 * Two gRPC services and clients of them. Start at
 * {@link io.rpcspring.sample.SampleApplication}.
 */
@NullMarked
package io.rpcspring.sample;

import org.jspecify.annotations.NullMarked;
