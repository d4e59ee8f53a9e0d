@NullMarked
package io.rpcspring.actuate;

import org.jspecify.annotations.NullMarked;
