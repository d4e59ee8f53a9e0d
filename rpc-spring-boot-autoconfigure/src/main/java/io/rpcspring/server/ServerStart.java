package io.rpcspring.server;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.call.CallChain;
import io.rpcspring.server.call.CallRules;
import io.rpcspring.server.call.LiveCalls;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.transport.Doors;
import io.rpcspring.server.transport.OpenDoors;

/**
 * Puts a server together, checks that it fits, and opens its doors.
 *
 * @param registry the application's services
 * @param builtIn services of the framework, beside the application's
 * @param doors where to listen
 * @param settings how to run and end the calls
 * @param customizers change the builder, in this order
 */
record ServerStart(ServiceRegistry registry, Collection<BuiltInService> builtIn, Doors doors, ServerSettings settings,
        List<RpcServerCustomizer> customizers) {

    /**
     * Starts a server of its own.
     * @param portBefore the port that an earlier one had; 0 for none
     * @return null if no bean is marked
     * @throws RpcConfigurationException if something does not fit, or a door cannot be
     * opened
     */
    @Nullable RunningServer run(int portBefore) {
        HandlerPools pools = this.settings.newPools();
        Advices advices = this.settings.errors().advices().get();
        CallRules rules = this.settings.errors().rules(advices, this.settings.endNote());
        Collection<ServedService> own = this.registry.services(this.settings.handlers(pools, rules.failures()));
        if (own.isEmpty()) {
            return null;
        }
        ServedServices services = ServedServices.of(own, this.builtIn);
        this.registry.selection().check(() -> advices.requireServices(services.names()));
        LiveCalls calls = new LiveCalls(this.builtIn.stream().map(BuiltInService::name).collect(Collectors.toSet()),
                pools, rules);
        CallChain chain = new CallChain(calls, this.settings.codecs(), rules.failures(), this.settings.links());
        this.registry.selection().check(() -> chain.serves(services.served()));
        OpenDoors open = listen(portBefore, services, pools, chain);
        return new RunningServer(open, pools, calls, new Drain(open, calls, this.settings.shutdown()), chain, services);
    }

    private OpenDoors listen(int portBefore, ServedServices services, HandlerPools pools, CallChain chain) {
        try {
            pools.assign(poolNames(services, chain));
            return this.doors.open(portBefore, (builder) -> {
                services.addTo(builder, chain);
                chain.addTo(builder, this.doors.areMeshed(),
                        (upper) -> this.customizers.forEach((customizer) -> customizer.customize(upper)));
            });
        }
        catch (RuntimeException ex) {
            pools.close(Duration.ZERO);
            throw ex;
        }
    }

    private Map<String, String> poolNames(ServedServices services, CallChain chain) {
        Map<String, String> names = new HashMap<>(new PoolAssignment(this.settings.services(), this.settings.pools(),
                chain::mayBlock, this.registry.selection())
            .of(services.own()));
        services.builtIn()
            .stream()
            .filter(BuiltInService::onTransport)
            .flatMap(BuiltInService::methods)
            .filter((method) -> !chain.mayBlock(method))
            .forEach((method) -> names.put(method.getFullMethodName(), HandlerPools.TRANSPORT));
        return names;
    }

}
