package com.example;

import org.springframework.stereotype.Component;

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.pool.PoolStatistics;

/** Tells how many calls run now. */
@Component
class RunningCalls {

    private final RpcServer server;

    RunningCalls(RpcServer server) {
        this.server = server;
    }

    int now() {
        return this.server.poolStatistics().values().stream().mapToInt(PoolStatistics::running).sum();
    }

}
