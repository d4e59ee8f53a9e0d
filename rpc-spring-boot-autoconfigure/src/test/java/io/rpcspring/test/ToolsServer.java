package io.rpcspring.test;

import java.util.List;
import java.util.UUID;

import io.grpc.Channel;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

/**
 * An application that has the tools of tests, and channels to itself.
 */
final class ToolsServer implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private static final String TARGET = "localhost:${local.rpc.server.port}";

    private final SharedServer server = new SharedServer();

    private final CountedPlaces places = new CountedPlaces();

    @Override
    public void beforeAll(ExtensionContext context) {
        String channel = "rpc.client.channels.";
        String inside = "tools-" + UUID.randomUUID();
        this.server.start(List.of(this.places, RpcTestTools.class), "rpc.server.in-process-name=" + inside,
                channel + "inside.target=in-process:" + inside, channel + "places.target=" + TARGET,
                channel + "places.metadata.tag=x", channel + "retrying.target=" + TARGET,
                channel + "retrying.retry.max-attempts=3", channel + "retrying.retry.initial-backoff=5ms",
                channel + "retrying.retry.codes=UNAVAILABLE,RESOURCE_EXHAUSTED", channel + "hedging.target=" + TARGET,
                channel + "hedging.hedging.max-attempts=2", channel + "hedging.hedging.delay=5ms",
                channel + "waiting.target=" + TARGET, channel + "waiting.wait-for-ready=true",
                channel + "nowhere.target=localhost:1", channel + "packed.target=" + TARGET,
                channel + "packed.compression=gzip", channel + "packed.deadline=30s");
    }

    <B> B bean(Class<B> type) {
        return this.server.running().bean(type);
    }

    RpcFaults faults() {
        return bean(RpcFaults.class);
    }

    RpcRecorder recorder() {
        return bean(RpcRecorder.class);
    }

    /** How many calls have come to a handler in this test. */
    int handled() {
        return this.places.calls.get();
    }

    Channel channel(String name) {
        return bean(RpcChannels.class).get(name);
    }

    PlacesBlockingStub stub(String channel) {
        return PlacesGrpc.newBlockingStub(channel(channel));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        bean(Runnable.class).run();
        this.server.running().awaitIdle();
        this.places.calls.set(0);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        this.server.afterAll(context);
    }

}
