package io.rpcspring.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * Makes one channel from its configuration, as often as it is opened.
 *
 * @param configuration what is configured
 * @param target where the servers are
 * @param environment what the application adds
 * @param tls makes the credentials
 */
record ChannelFactory(ChannelConfiguration configuration, ChannelTarget target, ChannelEnvironment environment,
        TlsBundles tls) {

    /**
     * Makes the channel. It does not connect.
     * @throws RpcConfigurationException if the target cannot work
     */
    OpenChannel create(ChannelFigures figures) {
        ChannelSettings settings = this.configuration.settings();
        List<String> targets = this.target.resolved(this.environment.placeholders());
        String description = this.target.describe(targets);
        ReadableCredentials.refuse(this.configuration, targets, description);
        check(targets);
        ControlPlane.warn(this.configuration, description, targets.get(0));
        ConnectionFactory factory = new ConnectionFactory(this.configuration, this.environment, this.tls, targets,
                description, figures);
        List<ManagedChannel> connections = new ArrayList<>();
        try {
            CallCredentials credentials = (settings.credentials() != null)
                    ? this.environment.credentials().apply(this.configuration.name(), settings.credentials()) : null;
            while (connections.size() < settings.connections()) {
                connections.add(factory.create());
            }
            return new OpenChannel(description, inboundLimit(), figures, connections,
                    CallDefaults.of(this.configuration.calls(), credentials), methods(credentials),
                    this.environment.observers().apply(this.configuration.name()));
        }
        catch (IllegalArgumentException ex) {
            throw this.target.unusable(String.join(", ", targets), ex.getMessage(), ex);
        }
        finally {
            if (connections.size() < settings.connections()) {
                connections.forEach(ManagedChannel::shutdownNow);
            }
        }
    }

    /**
     * Finds out when the application starts whether the targets can work, as far as this
     * is known by then.
     * @throws RpcConfigurationException if not
     */
    void checkAtStart() {
        List<String> targets = knownTargets();
        if (this.target.isKnownAtStart() && !targets.isEmpty()) {
            check(targets);
            targets.forEach((one) -> this.environment.directoryOf(one)
                .ifPresent((directory) -> directory.check(this.target.property(), one)));
        }
    }

    List<String> knownTargets() {
        return this.target.known(this.environment.placeholders());
    }

    private void check(List<String> targets) {
        for (String one : targets) {
            if (this.environment.directoryOf(one).isEmpty()) {
                TargetScheme.check(this.target.property(), one);
            }
        }
        ControlPlane.check(this.configuration, this.target.property(), targets.get(0));
    }

    private Map<String, CallDefaults> methods(@Nullable CallCredentials credentials) {
        Map<String, CallDefaults> methods = new HashMap<>();
        this.configuration.methods().forEach((name, calls) -> methods.put(name, CallDefaults.of(calls, credentials)));
        return methods;
    }

    /** The calls that go elsewhere than to the target. */
    ChannelDetours detours() {
        return new ChannelDetours(this.configuration, this.target, this.environment.detours());
    }

    /** Makes the same channel to an in-process server. */
    ChannelFactory within(String server) {
        return new ChannelFactory(this.configuration,
                ChannelTarget.atRunTime(this.configuration, InProcess.SCHEME + server), this.environment, this.tls);
    }

    /** Whether the target is another one than when the channel was opened. */
    boolean isElsewhere(OpenChannel opened) {
        return !this.target.isKnownAtStart()
                && !this.target.describe(this.target.resolved(this.environment.placeholders()))
                    .equals(opened.toString());
    }

    private String inboundLimit() {
        return this.configuration.settings().maxInboundMetadataSize().toBytes() + " bytes ("
                + this.configuration.property("max-inbound-metadata-size") + ")";
    }

}
