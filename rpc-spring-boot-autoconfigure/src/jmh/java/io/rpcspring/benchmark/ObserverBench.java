package io.rpcspring.benchmark;

import io.rpcspring.RpcService;

/**
 * The service as it is written for grpc-java, served by the starter.
 */
@RpcService
class ObserverBench extends RawBench {
}
