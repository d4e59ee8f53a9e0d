package io.rpcspring.client;

import java.time.Duration;
import java.util.List;

import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Finds the servers of a channel's targets, and again at an interval if wanted.
 * <p>
 * Each target is resolved as grpc-java resolves it alone; several make a
 * {@link JointAnswer}. Everything runs in the channel's synchronization context.
 */
final class TargetResolver extends NameResolver {

    private final List<NameResolver> targets;

    private final Duration interval;

    private final ChannelTimer timer;

    private final ResolutionWatch watch;

    private final JointAnswer joint;

    private @Nullable ScheduledHandle next;

    /**
     * Resolves nothing yet.
     * @param targets resolve one target each
     * @param settings say how often they are asked again
     * @param timer waits
     * @param watch sees what they find
     */
    TargetResolver(List<NameResolver> targets, ChannelSettings settings, ChannelTimer timer, ResolutionWatch watch) {
        this.targets = targets;
        this.interval = settings.resolveInterval();
        this.timer = timer;
        this.watch = watch;
        this.joint = new JointAnswer(targets, settings.authority() != null, timer, watch);
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
        ChannelTimer.cancel(this.next);
        this.joint.shutdown();
        this.targets.forEach(NameResolver::shutdown);
    }

    private void refreshLater() {
        if (!this.interval.isZero()) {
            this.next = this.timer.schedule(() -> {
                refresh();
                refreshLater();
            }, this.interval.toNanos());
        }
    }

    private Status report(int target, ResolutionResult result, Listener2 listener) {
        this.watch.answered(result.getAddressesOrError());
        return (this.targets.size() == 1) ? this.watch.tell(result, listener)
                : this.joint.put(target, result.getAddressesOrError(), listener);
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
            TargetResolver.this.timer.execute(() -> onResult2(result));
        }

        @Override
        public Status onResult2(ResolutionResult result) {
            return report(this.target, result, this.listener);
        }

        @Override
        public void onError(Status error) {
            onResult(ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromStatus(error)).build());
        }

    }

}
