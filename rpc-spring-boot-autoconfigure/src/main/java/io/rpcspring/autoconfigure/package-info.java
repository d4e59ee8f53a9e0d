/**
 * Spring Boot's glue: conditions, beans and properties. Start at
 * {@link io.rpcspring.autoconfigure.RpcServerAutoConfiguration}.
 */
@NullMarked
package io.rpcspring.autoconfigure;

import org.jspecify.annotations.NullMarked;
