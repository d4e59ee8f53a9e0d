package io.rpcspring.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Finds the servers of several targets, and again at an interval if wanted.
 * <p>
 * Each target is resolved as grpc-java resolves it alone. Those that fail leave the
 * servers of the others in use. Everything runs in the channel's synchronization context.
 */
final class TargetResolver extends NameResolver {

    private final List<NameResolver> targets;

    private final TargetResolverFactory factory;

    private final Args args;

    /** What each target was found to be, as far as known. */
    private final List<@Nullable StatusOr<List<EquivalentAddressGroup>>> found = new ArrayList<>();

    private SynchronizationContext.@Nullable ScheduledHandle next;

    TargetResolver(TargetResolverFactory factory, List<NameResolver> targets, Args args) {
        this.factory = factory;
        this.targets = targets;
        this.args = args;
        targets.forEach((target) -> this.found.add(null));
    }

    @Override
    public String getServiceAuthority() {
        return this.targets.get(0).getServiceAuthority();
    }

    @Override
    public void start(Listener2 listener) {
        boolean alone = this.targets.size() == 1;
        for (int i = 0; i < this.targets.size(); i++) {
            this.targets.get(i).start(alone ? listener : new Part(i, listener));
        }
        refreshLater();
    }

    @Override
    public void refresh() {
        this.targets.forEach(NameResolver::refresh);
    }

    @Override
    public void shutdown() {
        if (this.next != null) {
            this.next.cancel();
        }
        this.targets.forEach(NameResolver::shutdown);
    }

    private void refreshLater() {
        Duration interval = this.factory.interval();
        if (!interval.isZero()) {
            this.next = this.args.getSynchronizationContext().schedule(() -> {
                refresh();
                refreshLater();
            }, interval.toNanos(), TimeUnit.NANOSECONDS, this.args.getScheduledExecutorService());
        }
    }

    private Status report(int target, StatusOr<List<EquivalentAddressGroup>> result, Listener2 listener) {
        this.found.set(target, result);
        List<EquivalentAddressGroup> all = new ArrayList<>();
        for (int i = 0; i < this.found.size(); i++) {
            StatusOr<List<EquivalentAddressGroup>> one = this.found.get(i);
            if (one != null && one.hasValue()) {
                String authority = this.targets.get(i).getServiceAuthority();
                one.getValue().forEach((address) -> all.add(withAuthority(address, authority)));
            }
        }
        if (!all.isEmpty()) {
            return listener.onResult2(result(StatusOr.fromValue(all)));
        }
        return this.found.contains(null) ? Status.OK : listener.onResult2(result(result));
    }

    private static ResolutionResult result(StatusOr<List<EquivalentAddressGroup>> addresses) {
        return ResolutionResult.newBuilder().setAddressesOrError(addresses).build();
    }

    /** Each server must have a certificate of its own target, not of the first one. */
    private EquivalentAddressGroup withAuthority(EquivalentAddressGroup address, String authority) {
        return this.factory.oneAuthority() ? address
                : new EquivalentAddressGroup(address.getAddresses(),
                        address.getAttributes()
                            .toBuilder()
                            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority)
                            .build());
    }

    /**
     * Gets the results of one target.
     */
    private final class Part extends Listener2 {

        private final int target;

        private final Listener2 listener;

        Part(int target, Listener2 listener) {
            this.target = target;
            this.listener = listener;
        }

        @Override
        public void onResult(ResolutionResult result) {
            TargetResolver.this.args.getSynchronizationContext().execute(() -> onResult2(result));
        }

        @Override
        public Status onResult2(ResolutionResult result) {
            return report(this.target, result.getAddressesOrError(), this.listener);
        }

        @Override
        public void onError(Status error) {
            TargetResolver.this.args.getSynchronizationContext()
                .execute(() -> report(this.target, StatusOr.fromStatus(error), this.listener));
        }

    }

}
