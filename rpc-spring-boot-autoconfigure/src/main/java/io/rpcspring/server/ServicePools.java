package io.rpcspring.server;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The pools that configuration gives to one service.
 *
 * @param pool the pool of its methods, if any
 * @param methods the pools of single methods, if any, by their bare names
 */
public record ServicePools(@Nullable String pool, Map<String, @Nullable String> methods) {
}
