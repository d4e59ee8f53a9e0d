/**
 * Tests of the console, through a real web server and WebSockets.
 */
@NullMarked
package io.rpcspring.console;

import org.jspecify.annotations.NullMarked;
