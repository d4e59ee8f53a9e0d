package io.rpcspring.test;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.Environment;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.server.RpcServer;
import io.rpcspring.words.Names;

/**
 * Finds out, when a test's context has started, whether its annotations can do what they
 * promise.
 *
 * @param context the test's
 * @param kind how the test reaches the server
 * @param tested knows which beans serve
 * @param services knows what they serve
 */
record RpcTestCheck(ApplicationContext context, RpcTestKind kind, RpcTestBeans tested,
        InProcessRpcServices services) implements ApplicationListener<ContextRefreshedEvent> {

    private static final Log logger = LogFactory.getLog(InProcessRpc.class);

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() != this.context) {
            return;
        }
        requireOneFakeOfAService();
        requireChannelsOfFakes();
        if (this.kind == RpcTestKind.IN_PROCESS) {
            requireServer();
        }
        if (this.kind != RpcTestKind.OTHER) {
            warnOfCertificates(this.context.getEnvironment());
        }
    }

    private void requireOneFakeOfAService() {
        Map<String, String> others = new HashMap<>();
        this.tested.fakes().forEach((beanName, channel) -> {
            String service = this.services.of(beanName);
            String other = (service != null) ? others.put(channel + " " + service, beanName) : null;
            if (other != null) {
                throw new RpcConfigurationException(
                        "Two fakes answer " + service + " on the channel '" + channel + "': '" + other + "' ("
                                + typeName(other) + ") and '" + beanName + "' (" + typeName(beanName) + ").",
                        "Remove one of them, or let it answer another channel: @FakeRpc(\"...\").");
            }
        });
    }

    private String typeName(String beanName) {
        Class<?> type = this.context.getType(beanName);
        return (type != null) ? type.getName() : "unknown type";
    }

    private void requireChannelsOfFakes() {
        Set<String> channels = new TreeSet<>();
        this.context.getBeanProvider(RpcChannels.class).forEach((all) -> channels.addAll(all.names()));
        this.tested.fakes().forEach((beanName, channel) -> {
            if (!channels.isEmpty() && !channels.contains(channel)) {
                throw new RpcConfigurationException(
                        "The fake '" + beanName + "' (" + typeName(beanName) + ") answers the channel '" + channel
                                + "', which nobody has. Channels: " + Names.nearestFirst(channel, channels) + ".",
                        "Correct the name in @FakeRpc, or add rpc.client.channels." + channel + ".");
            }
        });
    }

    private void requireServer() {
        ListableBeanFactory beans = this.context;
        boolean off = !this.context.getEnvironment().getProperty("rpc.server.enabled", boolean.class, true);
        if (off || (!this.tested.serves() && this.tested.fakes().isEmpty() && !runs(beans))) {
            throw new RpcConfigurationException(
                    "The test is marked @InProcessRpc, but there is no server to call: "
                            + (off ? "rpc.server.enabled is false." : "no bean is marked @RpcService."),
                    off ? "Remove rpc.server.enabled in the test, or remove @InProcessRpc."
                            : "Mark a bean @RpcService, or let a nested class marked @FakeRpc answer the calls; or"
                                    + " remove @InProcessRpc.");
        }
    }

    private static boolean runs(ListableBeanFactory beans) {
        return beans.getBeanProvider(RpcServer.class).stream().anyMatch(RpcServer::isRunning);
    }

    private static void warnOfCertificates(Environment environment) {
        String wanted = environment.getProperty("rpc.server.ssl.client-auth", "none");
        if (!wanted.equalsIgnoreCase("none")) {
            logger.warn("Calls within the JVM have no certificates: rpc.server.ssl.client-auth is '" + wanted
                    + "', so access rules that need one refuse every call of this test. Test those over the network:"
                    + " remove @InProcessRpc and set rpc.server.port=0");
        }
    }

}
