package io.rpcspring.client.xds;

import java.net.URI;

import io.grpc.ChannelCredentials;
import io.grpc.NameResolver;
import io.grpc.xds.XdsChannelCredentials;
import io.grpc.xds.XdsNameResolverProvider;

import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;

/**
 * Finds servers by what a control plane says, for targets such as {@code xds:///places}.
 */
public final class XdsDirectory implements ChannelEnvironment.Directory {

    private final XdsBootstrap bootstrap;

    private final XdsNameResolverProvider resolvers = new XdsNameResolverProvider();

    /**
     * Creates a directory that looks for the control plane with its first channel.
     * @param bootstrap says where the control plane is
     */
    public XdsDirectory(XdsBootstrap bootstrap) {
        this.bootstrap = bootstrap;
    }

    @Override
    public String scheme() {
        return this.resolvers.getDefaultScheme();
    }

    @Override
    public void check(String property, String target) {
        this.bootstrap.check(property + " is '" + target + "'");
    }

    /** As the control plane says; where it says nothing, as the channel does. */
    @Override
    public ChannelCredentials credentials(ChannelCredentials own) {
        return XdsChannelCredentials.create(own);
    }

    @Override
    public NameResolver resolver(ChannelConfiguration channel, URI target, NameResolver.Args args) {
        this.bootstrap.check("The channel '" + channel.name() + "' goes to " + target);
        this.bootstrap.install();
        return this.resolvers.newNameResolver(target, args);
    }

}
