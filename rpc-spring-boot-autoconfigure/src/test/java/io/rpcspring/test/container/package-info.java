/**
 * Tests of what tests are written with.
 */
@org.jspecify.annotations.NullMarked
package io.rpcspring.test.container;
