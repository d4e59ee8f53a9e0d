package io.rpcspring.test;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.client.ChannelEnvironment;

/**
 * Leads each call of a test to a fake, to the application's own server, or to its
 * channel's target.
 */
final class InProcessRpcDetours implements ChannelEnvironment.Detours {

    private final InProcessRpcServices services;

    private final FakeRpcServers fakes;

    private final @Nullable String server;

    private final RpcTestReplacements replacements;

    InProcessRpcDetours(InProcessRpcServices services, FakeRpcServers fakes, @Nullable String server,
            RpcTestReplacements replacements) {
        this.services = services;
        this.fakes = fakes;
        this.server = server;
        this.replacements = replacements;
    }

    @Override
    public @Nullable String of(String channel, MethodDescriptor<?, ?> method) {
        String service = String.valueOf(method.getServiceName());
        boolean faked = this.fakes.answer(channel);
        if (faked && this.fakes.answer(channel, service)) {
            return this.fakes.server(channel);
        }
        if (this.server != null && this.services.include(service)) {
            return this.server;
        }
        return faked ? this.fakes.server(channel) : null;
    }

    @Override
    public boolean lead(String channel, @Nullable String service) {
        if (this.fakes.answer(channel)) {
            return true;
        }
        return this.server != null && (service == null || this.services.include(service));
    }

    @Override
    public @Nullable Object replacement(String channel, Class<?> client) {
        return this.replacements.of(channel, client);
    }

}
