package io.rpcspring.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolver.Listener2;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Makes one list of servers of what several targets resolve to.
 * <p>
 * One that fails keeps the addresses that it had, and is asked again: an outage of the
 * name service takes no server out. Everything runs in the channel's synchronization
 * context.
 */
final class JointAnswer {

    /** After how long names that failed beside others are asked again, at least. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    /** So long the first answers wait for the others: the first may be the dead ones. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<NameResolver> targets;

    private final boolean oneAuthority;

    private final ChannelTimer timer;

    private final ResolutionWatch watch;

    private final TargetAnswers answers;

    private @Nullable ScheduledHandle again;

    private @Nullable ScheduledHandle late;

    /** Whether some targets have not answered for too long. */
    private boolean impatient;

    /**
     * Waits for the answers.
     * @param targets resolve one target each
     * @param oneAuthority whether all servers have the same certificate
     * @param timer waits
     * @param watch sees the list
     */
    JointAnswer(List<NameResolver> targets, boolean oneAuthority, ChannelTimer timer, ResolutionWatch watch) {
        this.targets = targets;
        this.oneAuthority = oneAuthority;
        this.timer = timer;
        this.watch = watch;
        this.answers = new TargetAnswers(targets.size());
    }

    /** Tells the listener all addresses as soon as it is time to. */
    Status put(int target, StatusOr<List<EquivalentAddressGroup>> answer, Listener2 listener) {
        this.answers.put(target, answer);
        return tell(answer, listener);
    }

    void shutdown() {
        ChannelTimer.cancel(this.again);
        ChannelTimer.cancel(this.late);
    }

    private Status tell(StatusOr<List<EquivalentAddressGroup>> latest, Listener2 listener) {
        if (!this.impatient && !this.answers.areComplete()) {
            if (this.late == null) {
                this.late = this.timer.schedule(() -> {
                    this.impatient = true;
                    tell(latest, listener);
                }, PATIENCE.toNanos());
            }
            return Status.OK;
        }
        List<EquivalentAddressGroup> all = this.answers.addresses(this::withAuthority);
        if (all.isEmpty()) {
            return this.answers.areComplete() ? this.watch.tell(latest, listener) : Status.OK;
        }
        if (this.answers.failed().findAny().isPresent()) {
            askFailedLater();
        }
        return this.watch.tell(StatusOr.fromValue(all), listener);
    }

    private void askFailedLater() {
        if (this.again == null || !this.again.isPending()) {
            long least = AGAIN.toNanos();
            this.again = this.timer.schedule(
                    () -> this.answers.failed().forEach((target) -> this.targets.get(target).refresh()),
                    ThreadLocalRandom.current().nextLong(least, 2 * least));
        }
    }

    /** Each server must have a certificate of its own target, not of the first one. */
    private EquivalentAddressGroup withAuthority(int target, EquivalentAddressGroup address) {
        String authority = this.targets.get(target).getServiceAuthority();
        return this.oneAuthority ? address
                : new EquivalentAddressGroup(address.getAddresses(),
                        address.getAttributes()
                            .toBuilder()
                            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority)
                            .build());
    }

}
