@NullMarked
package io.rpcspring.scaleout;

import org.jspecify.annotations.NullMarked;
