package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Adds the SSL bundles of servers whose place is known by {@link ChannelPlaces} to those
 * of the application.
 *
 * @param own by their names; they stay as they are
 * @param others the application's
 */
record PlaceBundles(Map<String, SslBundle> own, Supplier<SslBundles> others) implements SslBundles {

    @Override
    public SslBundle getBundle(String name) {
        SslBundle bundle = this.own.get(name);
        return (bundle != null) ? bundle : this.others.get().getBundle(name);
    }

    @Override
    public void addBundleUpdateHandler(String name, Consumer<SslBundle> handler) {
        if (!this.own.containsKey(name)) {
            this.others.get().addBundleUpdateHandler(name, handler);
        }
    }

    @Override
    public void addBundleRegisterHandler(BiConsumer<String, SslBundle> handler) {
        this.others.get().addBundleRegisterHandler(handler);
    }

    @Override
    public List<String> getBundleNames() {
        return this.others.get().getBundleNames();
    }

}
