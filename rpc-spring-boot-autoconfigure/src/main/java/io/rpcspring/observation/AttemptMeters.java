package io.rpcspring.observation;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Counts the attempts of one method's calls on one channel, and what they send and
 * receive.
 * <p>
 * grpc-java takes a tracer only with a call's options, and copies them for it. Most calls
 * of a method bring the same options, those of their stub, so that the copy of the last
 * ones is kept.
 */
final class AttemptMeters extends ClientStreamTracer.Factory {

    private final MethodMeters method;

    private final Map<Kind, Counter> attempts = new EnumMap<>(Kind.class);

    private volatile @Nullable Traced last;

    AttemptMeters(MeterRegistry registry, MethodMeters method, String channel) {
        this.method = method;
        for (Kind kind : Kind.values()) {
            this.attempts.put(kind, Counter.builder("rpc.client.attempts")
                .description("Attempts that calls took")
                .tags(method.serviceAndMethod().and("channel", channel, "kind", kind.name().toLowerCase(Locale.ROOT)))
                .register(registry));
        }
    }

    CallOptions addTo(CallOptions options) {
        Traced known = this.last;
        if (known != null && known.given() == options) {
            return known.traced();
        }
        Traced mine = new Traced(options, options.withStreamTracerFactory(this));
        if (options.getDeadline() == null) {
            this.last = mine;
        }
        return mine.traced();
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        Objects.requireNonNull(this.attempts.get(Kind.of(info))).increment();
        return new AttemptTracer(new Traffic(this.method));
    }

    /** Why an attempt is made. */
    private enum Kind {

        /** It is the call's first. */
        FIRST,

        /** The one before has failed, and the channel's settings say to try again. */
        RETRY,

        /** No server has seen the one before: grpc-java tries again by itself. */
        TRANSPARENT,

        /** The ones before have not answered in time. */
        HEDGE;

        private static Kind of(ClientStreamTracer.StreamInfo info) {
            if (info.isTransparentRetry()) {
                return TRANSPARENT;
            }
            return (info.getPreviousAttempts() == 0) ? FIRST : info.isHedging() ? HEDGE : RETRY;
        }

    }

    /**
     * Options and their copy. Those with a deadline are one call's own.
     *
     * @param given what the call brings
     * @param traced the same with this tracer
     */
    private record Traced(CallOptions given, CallOptions traced) {
    }

    /**
     * Sees one attempt.
     */
    private static final class AttemptTracer extends ClientStreamTracer {

        private final Traffic traffic;

        private AttemptTracer(Traffic traffic) {
            this.traffic = traffic;
        }

        @Override
        public void outboundMessage(int number) {
            this.traffic.sentMessage();
        }

        @Override
        public void inboundMessage(int number) {
            this.traffic.receivedMessage();
        }

        @Override
        public void outboundWireSize(long bytes) {
            this.traffic.sent(bytes);
        }

        @Override
        public void inboundWireSize(long bytes) {
            this.traffic.received(bytes);
        }

        @Override
        public void streamClosed(Status status) {
            this.traffic.ended();
        }

    }

}
