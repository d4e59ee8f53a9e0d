package io.rpcspring.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;

/**
 * Finds the servers of a channel's targets, and again at an interval if wanted.
 * <p>
 * Each target is resolved as grpc-java resolves it alone. Of several, one that fails
 * keeps the addresses that it had, and is asked again: an outage of the name service
 * takes no server out. Everything runs in the channel's synchronization context.
 */
final class TargetResolver extends NameResolver {

    /** After how long names that failed beside others are asked again, at least. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    /** So long the first answers wait for the others: the first may be the dead ones. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<NameResolver> targets;

    private final TargetResolverFactory factory;

    private final Args args;

    private final TargetAnswers answers;

    private SynchronizationContext.@Nullable ScheduledHandle next;

    private SynchronizationContext.@Nullable ScheduledHandle again;

    private SynchronizationContext.@Nullable ScheduledHandle late;

    /** Whether some targets have not answered for too long. */
    private boolean impatient;

    TargetResolver(TargetResolverFactory factory, List<NameResolver> targets, Args args) {
        this.factory = factory;
        this.targets = targets;
        this.args = args;
        this.answers = new TargetAnswers(targets.size());
    }

    @Override
    public String getServiceAuthority() {
        return this.targets.get(0).getServiceAuthority();
    }

    @Override
    public void start(Listener2 listener) {
        for (int i = 0; i < this.targets.size(); i++) {
            this.targets.get(i).start(new Part(i, listener));
        }
        refreshLater();
    }

    @Override
    public void refresh() {
        this.targets.forEach(NameResolver::refresh);
    }

    @Override
    public void shutdown() {
        cancel(this.next);
        cancel(this.again);
        cancel(this.late);
        this.targets.forEach(NameResolver::shutdown);
    }

    private static void cancel(SynchronizationContext.@Nullable ScheduledHandle handle) {
        if (handle != null) {
            handle.cancel();
        }
    }

    private void refreshLater() {
        Duration interval = this.factory.interval();
        if (!interval.isZero()) {
            this.next = schedule(() -> {
                refresh();
                refreshLater();
            }, interval.toNanos());
        }
    }

    private void askFailedLater() {
        if (this.again == null || !this.again.isPending()) {
            long least = AGAIN.toNanos();
            this.again = schedule(() -> this.answers.failed().forEach((target) -> this.targets.get(target).refresh()),
                    ThreadLocalRandom.current().nextLong(least, 2 * least));
        }
    }

    private SynchronizationContext.ScheduledHandle schedule(Runnable task, long nanos) {
        return this.args.getSynchronizationContext()
            .schedule(task, nanos, TimeUnit.NANOSECONDS, this.args.getScheduledExecutorService());
    }

    private Status report(int target, ResolutionResult result, Listener2 listener) {
        StatusOr<List<EquivalentAddressGroup>> answer = result.getAddressesOrError();
        if (answer.hasValue()) {
            this.factory.watch().resolved();
        }
        else {
            this.factory.watch().unresolved(answer.getStatus());
        }
        if (this.targets.size() == 1) {
            return listener.onResult2(watched(result));
        }
        this.answers.put(target, answer);
        return reportAll(answer, listener);
    }

    private Status reportAll(StatusOr<List<EquivalentAddressGroup>> latest, Listener2 listener) {
        if (!this.impatient && !this.answers.areComplete()) {
            if (this.late == null) {
                this.late = schedule(() -> {
                    this.impatient = true;
                    reportAll(latest, listener);
                }, PATIENCE.toNanos());
            }
            return Status.OK;
        }
        List<EquivalentAddressGroup> all = this.answers.addresses(this::withAuthority);
        if (all.isEmpty()) {
            return this.answers.areComplete() ? listener.onResult2(watched(resultOf(latest))) : Status.OK;
        }
        if (this.answers.failed().findAny().isPresent()) {
            askFailedLater();
        }
        return listener.onResult2(watched(resultOf(StatusOr.fromValue(all))));
    }

    private static ResolutionResult resultOf(StatusOr<List<EquivalentAddressGroup>> addresses) {
        return ResolutionResult.newBuilder().setAddressesOrError(addresses).build();
    }

    private ResolutionResult watched(ResolutionResult result) {
        StatusOr<List<EquivalentAddressGroup>> servers = result.getAddressesOrError();
        if (servers.hasValue()) {
            this.factory.found(servers.getValue());
        }
        else {
            servers = StatusOr.fromStatus(OwnFailure.mark(servers.getStatus(), RpcErrorReason.NO_ADDRESS));
        }
        return result.toBuilder()
            .setAddressesOrError(servers)
            .setAttributes(result.getAttributes().toBuilder().set(WatchedPolicy.WATCH, this.factory.watch()).build())
            .build();
    }

    /** Each server must have a certificate of its own target, not of the first one. */
    private EquivalentAddressGroup withAuthority(int target, EquivalentAddressGroup address) {
        String authority = this.targets.get(target).getServiceAuthority();
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
            return report(this.target, result, this.listener);
        }

        @Override
        public void onError(Status error) {
            TargetResolver.this.args.getSynchronizationContext()
                .execute(() -> report(this.target, resultOf(StatusOr.fromStatus(error)), this.listener));
        }

    }

}
