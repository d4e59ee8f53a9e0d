/** What is measured, and that it is true. */
@NullMarked
package io.rpcspring.observation;

import org.jspecify.annotations.NullMarked;
