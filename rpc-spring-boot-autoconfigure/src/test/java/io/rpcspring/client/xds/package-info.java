@NullMarked
package io.rpcspring.client.xds;

import org.jspecify.annotations.NullMarked;
