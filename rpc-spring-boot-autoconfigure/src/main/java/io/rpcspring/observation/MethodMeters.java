package io.rpcspring.observation;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.rpcspring.observation.MeterNames.Side;

/**
 * The meters of one method on one side, made once.
 */
final class MethodMeters {

    private final MeterRegistry registry;

    private final MeterNames names;

    private final Side side;

    private final Tags tags;

    private final Tags serviceAndMethod;

    private final LongAdder active = new LongAdder();

    private final Counter sent;

    private final Counter received;

    private final DistributionSummary sentBytes;

    private final DistributionSummary receivedBytes;

    /** By status code; each is made when the first call ends so. */
    private final AtomicReferenceArray<@Nullable Timer> ends = new AtomicReferenceArray<>(Status.Code.values().length);

    MethodMeters(MeterRegistry registry, MeterNames names, Side side, String method, MethodType type) {
        this.registry = registry;
        this.names = names;
        this.side = side;
        this.tags = names.method(method, type);
        this.serviceAndMethod = MeterNames.serviceAndMethod(method);
        this.sent = counter("sent", "Messages that were sent");
        this.received = counter("received", "Messages that were received");
        this.sentBytes = summary("sent.bytes", "What the messages that a call sent had on the wire, in all");
        this.receivedBytes = summary("received.bytes",
                "What the messages that a call received had on the wire, in all");
        Gauge.builder(side.named("active"), this.active, LongAdder::sum)
            .description("Calls that have begun and not ended")
            .tags(this.tags)
            .register(registry);
    }

    /** What it is, whoever's names the calls have. */
    Tags serviceAndMethod() {
        return this.serviceAndMethod;
    }

    private Counter counter(String what, String description) {
        return Counter.builder(this.side.named(what)).description(description).tags(this.tags).register(this.registry);
    }

    private DistributionSummary summary(String what, String description) {
        return DistributionSummary.builder(this.side.named(what))
            .description(description)
            .baseUnit("bytes")
            .tags(this.tags)
            .register(this.registry);
    }

    void began() {
        this.active.increment();
    }

    /** It has begun by mistake: it had ended before. */
    void didNotBegin() {
        this.active.decrement();
    }

    void ended(Status.Code code, long nanos) {
        this.active.decrement();
        ends(code).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer ends(Status.Code code) {
        Timer known = this.ends.get(code.value());
        return (known != null) ? known : newEnds(code);
    }

    private Timer newEnds(Status.Code code) {
        Timer timer = Timer.builder(this.names.calls(this.side))
            .description("How long calls took, by how they ended")
            .tags(this.tags.and(this.names.end(code)))
            .register(this.registry);
        this.ends.set(code.value(), timer);
        return timer;
    }

    void sentMessage() {
        this.sent.increment();
    }

    void receivedMessage() {
        this.received.increment();
    }

    /** What one call, or one attempt, had on the wire; nothing if it had nothing. */
    void transferred(double bytesSent, double bytesReceived) {
        if (bytesSent > 0) {
            this.sentBytes.record(bytesSent);
        }
        if (bytesReceived > 0) {
            this.receivedBytes.record(bytesReceived);
        }
    }

}
