/**
 * Binds services whose methods take a {@code StreamObserver}, and makes their calls safe.
 * Start at {@link io.rpcspring.server.observer.ObserverService}.
 */
@NullMarked
package io.rpcspring.server.observer;

import org.jspecify.annotations.NullMarked;
