/** What a control plane decides. */
@NullMarked
package io.rpcspring.server.xds;

import org.jspecify.annotations.NullMarked;
