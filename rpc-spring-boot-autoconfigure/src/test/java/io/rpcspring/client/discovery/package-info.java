@NullMarked
package io.rpcspring.client.discovery;

import org.jspecify.annotations.NullMarked;
