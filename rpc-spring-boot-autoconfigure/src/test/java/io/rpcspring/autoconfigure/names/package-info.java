/** What is written below rpc, and what is read. */
@NullMarked
package io.rpcspring.autoconfigure.names;

import org.jspecify.annotations.NullMarked;
