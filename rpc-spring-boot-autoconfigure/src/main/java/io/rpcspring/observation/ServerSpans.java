package io.rpcspring.observation;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.pool.AdmittedCall;

/**
 * Observes each call from when it has a thread to its end, as part of its client's trace.
 * <p>
 * The observation is the current one wherever the call runs: it is left on the thread by
 * the call's first event, and the pools let it follow.
 */
public final class ServerSpans implements ServerInterceptor {

    private static final Metadata.Key<String> EARLIER_ATTEMPTS = Metadata.Key.of("grpc-previous-rpc-attempts",
            Metadata.ASCII_STRING_MARSHALLER);

    private final Spans spans;

    private final boolean current;

    /**
     * Observes nothing yet.
     * @param spans makes the observations
     * @param current whether an observation is to be the current one wherever its call
     * runs, for which the pools must take it off the threads
     */
    public ServerSpans(Spans spans, boolean current) {
        this.spans = spans;
        this.current = current;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LiveCall<?, ?> live = LiveCall.of(call);
        if (live == null || !this.spans.isWanted(call.getMethodDescriptor())) {
            return next.startCall(call, headers);
        }
        GrpcServerObservationContext context = context(live, headers);
        Observation observation = this.spans.of(context);
        if (observation.isNoop()) {
            return next.startCall(call, headers);
        }
        describe(observation, live, headers);
        observation.start();
        if (this.current && live.isFollowed()) {
            // Closed by the pool when the call leaves the thread.
            observation.openScope();
        }
        return new SpannedEvents<Q>(live, observation, context, this.spans.events(observation)).start(call, headers,
                next);
    }

    private static GrpcServerObservationContext context(LiveCall<?, ?> live, Metadata headers) {
        GrpcServerObservationContext context = new GrpcServerObservationContext(
                (carrier, key) -> carrier.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)));
        MethodDescriptor<?, ?> method = live.getMethodDescriptor();
        context.setCarrier(headers);
        context.setHeaders(headers);
        context.setServiceName(method.getServiceName());
        context.setMethodName(method.getBareMethodName());
        context.setFullMethodName(method.getFullMethodName());
        context.setMethodType(method.getType());
        context.setAuthority(live.getAuthority());
        if (live.connection().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress peer) {
            context.setPeerName(peer.getHostString());
            context.setPeerPort(peer.getPort());
        }
        return context;
    }

    /** The client's own word. */
    private static int number(@Nullable String earlier) {
        return (earlier != null && earlier.matches("[0-9]{1,4}")) ? Integer.parseInt(earlier) : 0;
    }

    private static void describe(Observation observation, LiveCall<?, ?> live, Metadata headers) {
        AdmittedCall run = live.run();
        if (run != null) {
            observation.highCardinalityKeyValue("rpc.pool", run.poolName());
            observation.highCardinalityKeyValue("rpc.waited_ms",
                    String.valueOf(TimeUnit.NANOSECONDS.toMillis(run.waitedNanos())));
        }
        Deadline deadline = Context.current().getDeadline();
        if (deadline != null) {
            observation.highCardinalityKeyValue("rpc.deadline_left_ms",
                    String.valueOf(deadline.timeRemaining(TimeUnit.MILLISECONDS)));
        }
        String earlier = headers.get(EARLIER_ATTEMPTS);
        observation.highCardinalityKeyValue("rpc.attempt", String.valueOf(1 + number(earlier)));
    }

}
