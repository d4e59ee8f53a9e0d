/**
 * What messages of all packages have in common. Start at
 * {@link io.rpcspring.words.Names}.
 */
@NullMarked
package io.rpcspring.words;

import org.jspecify.annotations.NullMarked;
