/**
 * Compares this project with raw grpc-java, in one run and in interleaved rounds. Start
 * at {@link io.rpcspring.benchmark.Benchmarks}.
 */
@NullMarked
package io.rpcspring.benchmark;

import org.jspecify.annotations.NullMarked;
